"""What all handlers share (服务上下文): the installation, the renderer, and the names of things."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from anyio import CapacityLimiter

from ereader.auth.accounts import Accounts
from ereader.browse_lists import ListKeeper
from ereader.link_sources import outside_of, remote_services
from ereader.settings import Settings
from holdings.desk import Desk
from holdings.members.registry import Members
from holdings.plugins import lookups
from indexer.authorities import Authorities
from indexer.headings import Headings
from indexer.index.engine import Engine
from indexer.store import Store
from resolver.knowledge_base.holdings import KnowledgeBase
from resolver.link_log import LinkLog
from resolver.plugins import services
from resolver.resolve import Resolver
from ui.renderer import Renderer


class Installed(Protocol):
    """An opened home, as ``ereader.installation.open_home`` gives it."""

    @property
    def home(self) -> Path: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> Store: ...
    @property
    def members(self) -> Members: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def database(self) -> sa.Engine: ...
    def writing(self) -> AbstractContextManager[None]: ...


# Pages are made by Python code, of which one thread runs at a time: with many of them, each would only wait
# for the others, and the event loop for all. A few can wait for the database and the index meanwhile.
THREADS = 4


class Service:
    """One running portal server (门户服务)."""

    def __init__(self, installation: Installed, renderer: Renderer | None = None) -> None:
        self.installation = installation
        self.renderer = renderer or Renderer()
        self.limiter = CapacityLimiter(THREADS)
        self.followers: CapacityLimiter | None = None  # made by whoever first follows a reference
        self.lists = ListKeeper(installation)
        self.knowledge = KnowledgeBase(installation.database)
        # Clicks are counted also where the server may change nothing else.
        self.links = LinkLog(installation.accounts.engine)
        self.outside = outside_of(installation.settings)
        self.desk = Desk(lookups(), self.outside)
        remote = remote_services(installation.settings, self.outside)
        self.resolver = Resolver([*services(), *remote])

    @property
    def members(self) -> Members:
        return self.installation.members

    @property
    def store(self) -> Store:
        return self.installation.store

    @property
    def engine(self) -> Engine:
        return self.installation.engine

    @property
    def accounts(self) -> Accounts:
        return self.installation.accounts

    @property
    def headings(self) -> Headings:
        """The browse lists, looked after before they are read."""
        self.lists.ensure()
        return self.store.headings

    @property
    def authorities(self) -> Authorities:
        return self.store.authorities
