"""All tables of an installation (全部数据表), which stand in the modules that use them.

Who adds a table in a module that is not named here, or without a revision in ``revisions/versions``, is told
so by a test.
"""

from __future__ import annotations

from importlib import import_module

import sqlalchemy as sa

MODULES = (
    "holdings.members.tables",
    "indexer.tables",
    "indexer.earlier",
    "indexer.likely",
    "indexer.pair_verdicts",
    "indexer.quality",
    "indexer.verdicts",
    "indexer.authority_tables",
    "indexer.heading_tables",
    "resolver.knowledge_base.tables",
    "resolver.link_tables",
    "ereader.auth.tables",
    "ereader.design_drafts",
    "ereader.endpoint_health",
    "ereader.jobs",
)


def whole() -> sa.MetaData:
    """Every table, as copies in one place."""
    found = sa.MetaData()
    for metadata in parts():
        for table in metadata.sorted_tables:
            table.to_metadata(found)
    return found


def parts() -> list[sa.MetaData]:
    """The tables as they stand in the modules."""
    modules = [import_module(name) for name in MODULES]
    return list(dict.fromkeys(module.METADATA for module in modules))
