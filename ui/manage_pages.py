"""What the pages of the consoles have in common (管理台页面), and their first pages."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Choice, Site


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around the content of a console page (管理台框架).

    ``owner`` is what the console is for, ``flash`` says what the page before has done, ``key`` goes with
    every form, ``refresh`` is after how many seconds the browser asks again (0: never).
    """

    title: str
    owner: str = ""
    crumbs: tuple[Choice, ...] = ()
    tabs: tuple[Choice, ...] = ()
    flash: str = ""
    key: str = ""
    refresh: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A way into a part of a console (入口)."""

    label: str
    href: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that somebody may manage (管理首页); ``more``: there are more libraries than shown."""

    site: Site
    frame: Frame
    libraries: tuple[Choice, ...]
    consortia: tuple[Choice, ...]
    centre: tuple[Choice, ...]
    more: bool = False
    q: str = ""


@dataclass(frozen=True, slots=True)
class First:
    """The first page of a console (管理台首页); ``facts`` are what is to be known at once, with a link."""

    site: Site
    frame: Frame
    entries: tuple[Entry, ...]
    facts: tuple[tuple[str, Choice], ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """A field of a form (表单项). What was typed stays in it; ``error`` says what is wrong with it.

    ``kind``: text, email, url, date, number, password, search, textarea, select, check, file. The ``options``
    of a select are choices of ``value`` and ``label``; those of several check boxes too.
    """

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    hint: str = ""
    error: str = ""
    options: tuple[Choice, ...] = ()
    required: bool = False
    most: int = 200
    lang: str = ""
    rows: int = 0
    autocomplete: str = "off"
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together (表单分组); ``pair`` puts two beside each other where there is room."""

    title: str
    inputs: tuple[Input, ...]
    text: str = ""
    pair: bool = False


@dataclass(frozen=True, slots=True)
class GroupedForm:
    """A page that is one form in groups (分组表单), with links to what belongs to it."""

    site: Site
    frame: Frame
    action: str
    groups: tuple[Group, ...]
    button: str
    lead: str = ""
    links: tuple[Entry, ...] = ()
    links_title: str = ""
    links_empty: str = ""
    more: tuple[Choice, ...] = ()
    remove: str = ""  # the label of a button that removes the whole
    hidden: tuple[tuple[str, str], ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All fields, for the list of what is wrong."""
        return tuple(i for group in self.groups for i in group.inputs)
