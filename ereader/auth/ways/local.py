"""Signing in with an account of this installation (本地账户): a name and a password."""

from __future__ import annotations

from collections.abc import Mapping

from ereader.auth.way import Identity, Way
from holdings.members.password import verify_password
from holdings.members.user import User


class Local:
    """Accounts of the registry with their passwords (本地账户)."""

    name = "local"
    fields = ("username", "password")

    def identify(self, given: Mapping[str, str], users: Mapping[str, User]) -> Identity | None:
        """Whose password this is. An unknown name and an account without a password cost a hash as well."""
        user = users.get(given.get("username", "").strip())
        if not verify_password(given.get("password", ""), user.secret if user else "") or user is None:
            return None
        return Identity(self.name, user.name, user.name)


WAY: Way = Local()
