"""What the page of a portal's embedded search box shows in its console (检索框管理页)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.manage_pages import Frame
from ui.pages import Site
from ui.widget_pages import Generator


@dataclass(frozen=True, slots=True)
class WidgetPage:
    """Who may embed the box, and what is pasted for it (检索框管理页)."""

    site: Site
    frame: Frame
    action: str
    portal: str
    origins: str
    generator: Generator
    faults: tuple[str, ...] = ()
