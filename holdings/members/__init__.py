"""Who takes part, what they share, and what each viewer may see (成员与共享)."""

from __future__ import annotations

from holdings.members.consortium import CENTRE, Consortium, Membership
from holdings.members.endpoint import Endpoint
from holdings.members.library import Library, Portal
from holdings.members.names import Name
from holdings.members.registry import ANYONE, Configuration, Members, Viewer
from holdings.members.repository import Repository
from holdings.members.user import User
from holdings.members.view import PUBLIC, View

__all__ = [
    "ANYONE",
    "CENTRE",
    "PUBLIC",
    "Configuration",
    "Consortium",
    "Endpoint",
    "Library",
    "Members",
    "Membership",
    "Name",
    "Portal",
    "Repository",
    "User",
    "View",
    "Viewer",
]
