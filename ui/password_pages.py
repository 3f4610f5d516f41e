"""What the pages of passwords and of the first set-up show (密码与首次设置页面)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Site


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """The form to set a password (密码页): one's own, or with ``ticket`` that of ``user`` by a link.

    ``wrong`` says what was wrong with what was sent, ``at`` is the field that it is about.
    """

    site: Site
    key: str
    user: str
    ticket: str = ""
    wrong: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class SetupPage:
    """The first page of an empty installation (首次设置页); what was typed is kept, but for passwords."""

    site: Site
    key: str
    ticket: str
    name: str = ""
    zh: str = ""
    en: str = ""
    wrong: str = ""
    at: str = ""
