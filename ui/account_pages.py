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
