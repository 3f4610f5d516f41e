"""The review desk and the page on which records are merged and split (审核台页面)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.manage_pages import Frame
from ui.manage_sheet_pages import Section
from ui.pages import Choice, Site, Text

Pieces = tuple[tuple[str, bool], ...]  # pieces of a text; whether the other side has something else there


@dataclass(frozen=True, slots=True)
class Line:
    """A field of two records beside each other (对照行)."""

    label: str
    one: Pieces
    other: Pieces
    differs: bool


@dataclass(frozen=True, slots=True)
class Side:
    """Whose record it is and where it is shown (一侧)."""

    uid: str
    library: str
    repository: str
    local_id: str
    href: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair under review (待审对); ``said`` are the words of people on it already."""

    one: Side
    other: Side
    lines: tuple[Line, ...]
    why: tuple[str, ...]
    rule: str
    score: str
    likely: bool
    number: int
    said: tuple[str, ...]
    next_href: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The desk (审核台): one pair, the queues with their counts, batches, and what was said last."""

    site: Site
    frame: Frame
    action: str
    queues: tuple[Choice, ...]
    batches: tuple[Choice, ...]
    batch: str
    queue: str
    pair: Judged | None
    empty: str
    undo: int
    undo_text: str
    compare: tuple[Choice, ...]
    working: str
    sections: tuple[Section, ...]
    agreement_href: str


@dataclass(frozen=True, slots=True)
class Member:
    """A source record of a union record (成员记录); ``mine``: the visitor may say something of it."""

    side: Side
    title: str
    described: str
    merged_by: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A verdict (裁定) as a page tells it; ``back``: the visitor may take it back."""

    number: int
    text: str
    reason: str
    in_force: bool
    back: bool


@dataclass(frozen=True, slots=True)
class TogetherPage:
    """What is in one union record, to be split or merged with another (合并与拆分)."""

    site: Site
    title: Text
    record_href: str
    action: str
    key: str
    members: tuple[Member, ...]
    words: tuple[Word, ...]
    flash: str = ""
    fault: str = ""
    other: str = ""
