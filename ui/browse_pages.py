"""What the browse pages show, as plain values (浏览页模型)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Channel, Choice, Hit, Site, Text
from ui.record_pages import ShelfLine


@dataclass(frozen=True, slots=True)
class BrowseWay:
    """One way into the collection (浏览途径): a list, a tree, the shelf."""

    label: str
    href: str
    text: str
    icon: str
    examples: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class BrowseEntry:
    """The page that leads to all lists (浏览首页)."""

    site: Site
    ways: tuple[BrowseWay, ...]


@dataclass(frozen=True, slots=True)
class HeadingLine:
    """A line of a list (浏览条目): a heading with its hits, or a form that is not used with what is."""

    text: Text
    href: str = ""
    count: int = 0
    count_href: str = ""  # where the heading itself leads elsewhere than to its hits
    letter: str = ""  # where the list comes to another letter
    use: tuple[Choice, ...] = ()
    see_also: tuple[Choice, ...] = ()
    known_as: tuple[Text, ...] = ()
    dates: str = ""
    details: tuple[str, ...] = ()
    here: bool = False  # where the text typed stands, or would stand


@dataclass(frozen=True, slots=True)
class BrowseList:
    """A list of headings from somewhere on (标目浏览)."""

    site: Site
    kind: str
    title: str
    tabs: tuple[Choice, ...]
    lines: tuple[HeadingLine, ...]
    letters: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    hidden: tuple[tuple[str, str], ...]  # what the form of the start carries along
    start: str = ""
    missing: bool = False  # the text typed is not in the list
    making: bool = False  # the list is not there yet
    cut: bool = False
    previous: str = ""
    next: str = ""
    scopes: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in its tree (类目), with what is below it when it is open."""

    step: str
    name: str
    count: int
    count_href: str
    href: str = ""  # opens or shuts it; empty where nothing is below
    open: bool = False
    current: bool = False
    below: tuple[ClassLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassPage:
    """The tree of a classification (分类浏览)."""

    site: Site
    title: str
    tabs: tuple[Choice, ...]
    schemes: tuple[Choice, ...]
    lines: tuple[ClassLine, ...]
    path: tuple[Choice, ...] = ()  # from the scheme down to the open class
    total: int = 0
    total_href: str = ""
    shelf_href: str = ""
    hits: tuple[Hit, ...] = ()
    scopes: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """A stretch of the shelf (架位浏览)."""

    site: Site
    title: str
    tabs: tuple[Choice, ...]
    lines: tuple[ShelfLine, ...]
    libraries: tuple[Choice, ...]
    hidden: tuple[tuple[str, str], ...]
    start: str = ""
    making: bool = False
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class ArticleLine:
    href: str
    title: Text
    people: tuple[Text, ...] = ()
    pages: str = ""


@dataclass(frozen=True, slots=True)
class IssueBlock:
    """The articles of an issue (期)."""

    label: str
    articles: tuple[ArticleLine, ...]


@dataclass(frozen=True, slots=True)
class VolumeBlock:
    """The issues of a volume (卷)."""

    label: str
    count: int
    issues: tuple[IssueBlock, ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A journal with its articles by year, volume and issue (期刊浏览)."""

    site: Site
    title: Text
    tabs: tuple[Choice, ...]
    total: int
    total_href: str
    years: tuple[Choice, ...]  # value is the count
    year: str
    volumes: tuple[VolumeBlock, ...]
    record_href: str = ""
    details: tuple[str, ...] = ()
    more: int = 0  # articles of the year that are not listed
    year_href: str = ""
    list_href: str = ""


@dataclass(frozen=True, slots=True)
class ArrivalsPage:
    """What is new (新到文献)."""

    site: Site
    title: str
    tabs: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    total: int
    types: tuple[Channel, ...]
    libraries: tuple[Choice, ...]
    hits: tuple[Hit, ...]
    all_href: str
    feed_href: str
