"""What the form of advanced search shows, as plain values (高级检索页模型)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Channel, Choice, Site


@dataclass(frozen=True, slots=True)
class FormRow:
    """One condition (检索行): its number in the group, fields, ways to match, text."""

    number: int
    fields: tuple[Choice, ...]
    matches: tuple[Choice, ...]
    text: str


@dataclass(frozen=True, slots=True)
class FormGroup:
    """Rows that belong together (检索组)."""

    number: int
    joints: tuple[Choice, ...]
    rows: tuple[FormRow, ...]
    full: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A facet as check boxes (限定)."""

    name: str
    label: str
    values: tuple[Choice, ...]

    @property
    def chosen(self) -> int:
        """How many of its values are chosen."""
        return sum(value.current for value in self.values)


@dataclass(frozen=True, slots=True)
class Echo:
    """How the form is understood (检索式回显): in words, in the query language, and its hits."""

    words: str
    query: str
    total: int


@dataclass(frozen=True, slots=True)
class AdvancedPage:
    """The form of groups and rows (高级检索)."""

    site: Site
    joints: tuple[Choice, ...]
    groups: tuple[FormGroup, ...]
    full: bool
    types: tuple[Channel, ...]
    limits: tuple[Limit, ...]
    year_from: str
    year_to: str
    kept: tuple[tuple[str, str], ...]  # parameters that the form carries along
    echo: Echo | None = None
