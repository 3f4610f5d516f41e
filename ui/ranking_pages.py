"""The page on which a library orders the ways to a thing (途径排序页)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.manage_pages import Frame, Group, Input
from ui.pages import Site


@dataclass(frozen=True, slots=True)
class Ranked:
    """One way in its place (排序预览): its name, its kind, and what decides about it."""

    label: str
    kind: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RankingForm:
    """A form with what comes of it (排序表单)."""

    site: Site
    frame: Frame
    action: str
    groups: tuple[Group, ...]
    button: str
    preview: str  # the label of the button that only shows
    ranked: tuple[Ranked, ...]
    lead: str = ""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All fields, for the list of what is wrong."""
        return tuple(i for group in self.groups for i in group.inputs)
