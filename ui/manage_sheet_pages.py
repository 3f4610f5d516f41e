"""Console pages made of tables and forms (管理台表格页): most of the consortium's and the centre's are."""

from __future__ import annotations

from dataclasses import dataclass

from ui.manage_pages import Frame, Input
from ui.pages import Choice, Site


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell (单元格): a text, where it leads, an id beside it, what is below it, a word for its state."""

    text: str = ""
    href: str = ""
    code: str = ""
    small: str = ""
    state: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row (表格行); with ``value`` it can be picked, under the name that its first cell says."""

    cells: tuple[Cell, ...]
    value: str = ""
    picked: bool = False
    off: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table (表格); ``empty`` says what to do where it has no rows, ``pick`` is the field of its boxes."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    pick: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a form (按钮)."""

    label: str
    name: str = ""
    value: str = ""
    danger: bool = False
    main: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form (表单): posted with the key of the session, or with ``get`` a question in the address."""

    action: str
    inputs: tuple[Input, ...] = ()
    buttons: tuple[Button, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    get: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page (页面分区). ``facts`` are pairs of name and value; ``secret`` is shown this once."""

    title: str = ""
    lead: str = ""
    id: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    forms: tuple[Form, ...] = ()
    links: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    secret: str = ""


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A page of such parts (表格页); ``faults`` are said on top, beside those of the inputs."""

    site: Site
    frame: Frame
    sections: tuple[Section, ...]
    lead: str = ""
    faults: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All fields of all forms, for the list of what is wrong."""
        return tuple(i for s in self.sections for form in s.forms for i in form.inputs)
