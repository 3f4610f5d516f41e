"""How good the records of a library are (质量页面): what is described, what is wrong, over time."""

from __future__ import annotations

from dataclasses import dataclass

from ui.manage_pages import Frame
from ui.manage_sheet_pages import Table
from ui.pages import Choice, Site


@dataclass(frozen=True, slots=True)
class Share:
    """A field and how many records have it (完整度), as a share from 0 to 1 and in words."""

    label: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class OfType:
    """The fields of the records of one type (各类型完整度)."""

    label: str
    count: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """A number after each load (趋势), as points of a drawing 600 wide and 120 high, and its last value."""

    label: str
    points: str
    dots: tuple[tuple[float, float, str], ...]
    last: str


@dataclass(frozen=True, slots=True)
class QualityPage:
    """The quality of one repository (质量概况)."""

    site: Site
    frame: Frame
    action: str
    repositories: tuple[Choice, ...]
    repository: str
    numbers: tuple[tuple[str, str, bool], ...]  # name, value, whether it calls for work
    measured: str
    types: tuple[OfType, ...]
    identifiers: Table
    problems: Table
    trends: tuple[Trend, ...]
    history: Table
    corrections: tuple[Choice, ...]
    exports: tuple[Choice, ...]
    working: str = ""
    losses_href: str = ""
