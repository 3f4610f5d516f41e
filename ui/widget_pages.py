"""What the pages of the embedded search box show (嵌入检索框页面)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Choice, Site


@dataclass(frozen=True, slots=True)
class WidgetFrame:
    """The box alone, for a frame on another page (框架检索框). ``suggest`` is empty where none are wanted."""

    site: Site
    action: str
    target: str
    hidden: tuple[tuple[str, str], ...]
    channels: tuple[Choice, ...]
    placeholder: str
    suggest: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """Something to paste (代码片段)."""

    key: str
    label: str
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Generator:
    """The options of a box as a form, and what is pasted for them (代码生成器)."""

    snippets: tuple[Snippet, ...]
    languages: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    scopes: tuple[Choice, ...]
    placeholder: str
    suggestions: bool
    preview: str

    @property
    def chosen(self) -> int:
        """How many channels are chosen."""
        return sum(choice.current for choice in self.channels)


@dataclass(frozen=True, slots=True)
class WidgetHelp:
    """How the box comes onto one's own page (嵌入说明)."""

    site: Site
    action: str
    generator: Generator


@dataclass(frozen=True, slots=True)
class WidgetExample:
    """A page with the box in all its variants (嵌入示例)."""

    site: Site
    script: str
    frame: str
    action: str
    hidden: tuple[tuple[str, str], ...]
