"""A package as a KBART file of phase II (导出): tabs, UTF-8, no quotation marks.

NISO RP-9-2014, section 6.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from resolver.knowledge_base.kbart import column_names


def write_kbart(rows: Iterable[tuple[dict[str, str], dict[str, str]]]) -> Iterator[str]:
    """The lines of a file, each with its line end: the header, then every row."""
    names = column_names()
    yield "\t".join(names) + "\n"
    for values, _ in rows:
        yield "\t".join(" ".join(values.get(name, "").split()) for name in names) + "\n"
