"""What the page of ways to a cited thing shows, as plain values (解析页模型)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Site


@dataclass(frozen=True, slots=True)
class CitedThing:
    """What is looked for (所引文献), as a reader reads a reference."""

    title: str
    author: str = ""
    inside: str = ""
    details: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One way to it (途径): where it leads, why it is offered, how far it reaches, and what to know of it.

    ``host`` is said where the address itself is that of our own router.
    """

    label: str
    href: str
    reason: str
    external: bool = True
    coverage: str = ""
    marks: tuple[str, ...] = ()
    host: str = ""
    report_href: str = ""


@dataclass(frozen=True, slots=True)
class WaySection:
    """Ways of one kind (途径分组)."""

    kind: str
    heading: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class ResolverPage:
    """The menu of ways (解析页)."""

    site: Site
    cited: CitedThing
    sections: tuple[WaySection, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    api_href: str = ""
    coins: str = ""
    menu_href: str = ""
    library: str = ""  # whose readers' ways these are
    pending: int = 0  # services that have not answered
    level: int = 2  # of the headings, which may stand under others


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The form by which a reader says that a link is broken (失效链接报告)."""

    site: Site
    target: str
    host: str
    key: str
    hidden: tuple[tuple[str, str], ...]
    done: bool = False
