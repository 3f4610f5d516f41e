"""The page on which a library orders the ways to a thing (途径排序页)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.manage_pages import GroupedForm


@dataclass(frozen=True, slots=True)
class Ranked:
    """One way in its place (排序预览): its name, its kind, and what decides about it."""

    label: str
    kind: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RankingForm(GroupedForm):
    """A form with what comes of it (排序表单)."""

    preview: str = ""  # the label of the button that only shows
    ranked: tuple[Ranked, ...] = ()
