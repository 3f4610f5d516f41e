"""MARCXML, the XML form of MARC 21 (MARCXML 格式)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.marc import subfields
from indexer.records.export.marc21 import marc
from indexer.records.export.xml import element
from indexer.records.record import Record

MEDIA_TYPE = "application/marcxml+xml"
EXTENSION = "xml"


def _record(record: Record) -> Iterator[str]:
    made = marc(record)
    yield element("leader", made.leader)
    for tag, text in made.fields:
        if tag < "010":
            yield element("controlfield", text, tag=tag)
        else:
            inner = "".join(element("subfield", value, code=code) for code, value in subfields(text))
            yield f'<datafield tag="{tag}" ind1="{text[0]}" ind2="{text[1]}">{inner}</datafield>'


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """A ``collection`` with one ``record`` each."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
    for record in records:
        yield f"<record>{''.join(_record(record))}</record>\n".encode()
    yield b"</collection>\n"
