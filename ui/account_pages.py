"""What the pages of accounts show (账户页面)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Site


@dataclass(frozen=True, slots=True)
class LoginPage:
    """The form to sign in (登录页); ``message`` says why the last attempt came to nothing."""

    site: Site
    key: str
    next: str = ""
    name: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is signed in (已登录设备)."""

    name: str
    began: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class AccountPage:
    """The account of whoever is signed in (账户页)."""

    site: Site
    user: str
    library: str
    roles: tuple[str, ...]
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class LapsedPage:
    """A form of a session that is over (会话过期页): what was typed, and how to send it after all.

    ``typed`` are pairs of name and value for people, ``hidden`` those that are sent; ``secrets`` are name and
    label of fields that are typed again. ``login`` is empty for whoever is signed in, ``action`` where
    nothing can be sent again from here.
    """

    site: Site
    title: str
    texts: tuple[str, ...]
    back: str
    login: str
    action: str
    key: str
    hidden: tuple[tuple[str, str], ...]
    secrets: tuple[tuple[str, str], ...]
    typed: tuple[tuple[str, str], ...]
