"""Holdings records join the bibliographic record they stand behind, in both syntaxes of MARC."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pymarc
import pytest

from indexer.adapters.marc21 import ADAPTER
from indexer.profile import Profile
from indexer.readers.iso2709 import READER as ISO2709
from indexer.readers.marcxml import READER as MARCXML
from indexer.records.record import Record


def marc(leader: str, *fields: tuple[str, str]) -> pymarc.Record:
    """A record; a value that begins with $ has subfields."""
    record = pymarc.Record(force_utf8=True)
    record.leader = pymarc.Leader(leader)
    for tag, value in fields:
        if tag < "010":
            record.add_field(pymarc.Field(tag, data=value))
            continue
        subfields = [pymarc.Subfield(part[0], part[1:]) for part in value.split("$")[1:]]
        record.add_field(pymarc.Field(tag, indicators=["4", "0"], subfields=subfields))
    return record


def bib(number: str, title: str) -> pymarc.Record:
    return marc("00000cas a2200000 a 4500", ("001", number), ("245", f"$a{title}"))


def held(of: str, *fields: tuple[str, str], kind: str = "y") -> pymarc.Record:
    number = (("004", of),) if of else ()
    return marc(f"00000c{kind}  a2200000 n 4500", ("001", "h"), *number, *fields)


def records(syntax: str, *given: pymarc.Record) -> Iterator[Record | None]:
    if syntax == "iso2709":
        data, reader = b"".join(record.as_marc() for record in given), ISO2709
    else:
        inside = b"".join(pymarc.record_to_xml(record) for record in given)
        data = b'<collection xmlns="http://www.loc.gov/MARC21/slim">' + inside + b"</collection>"
        reader = MARCXML  # type: ignore[assignment]
    for raw in reader.read(io.BytesIO(data), syntax, "file", Profile()):
        yield ADAPTER.adapt(raw, Profile())[0]


VOLUMES = (("852", "$bMAIN$hQA1"), ("853", "$81$av.$i(year)"), ("863", "$81.1$a1-9$i1990-1998"))
BOTH = pytest.mark.parametrize("syntax", ["iso2709", "marcxml"])


@BOTH
def test_holdings_records_join_the_record_before_them(syntax: str) -> None:
    found = list(
        records(
            syntax, bib("b1", "Journal of tests"), held("b1", *VOLUMES), held("b1", ("852", "$bANNEX$h古籍 1"), kind="x"),
            bib("b2", "Another"), bib("b3", "Third"), held("b3", ("852", "$bMAIN$jZ 3")),
        )
    )  # fmt: skip
    assert [r.title for r in found if r] == ["Journal of tests", "Another", "Third"]
    first, second, third = (r.holdings for r in found if r)
    assert [(h.library, h.call_number, h.summary) for h in first] == [
        ("MAIN", "QA1", "v.1(1990)-v.9(1998)"),
        ("ANNEX", "古籍 1", ""),
    ]
    assert second == ()
    assert [h.call_number for h in third] == ["Z 3"]


@BOTH
def test_a_holdings_record_of_another_record_stays_alone(syntax: str) -> None:
    found = list(records(syntax, bib("b1", "Journal of tests"), held("b9", *VOLUMES)))
    assert [r.holdings if r else None for r in found] == [(), None]


@BOTH
def test_without_004_it_belongs_to_the_record_before_it(syntax: str) -> None:
    (found,) = records(syntax, bib("b1", "Journal of tests"), held("", *VOLUMES))
    assert found is not None
    assert found.holdings[0].summary == "v.1(1990)-v.9(1998)"


@BOTH
def test_many_holdings_records_are_all_kept(syntax: str) -> None:
    many = [held("b1", ("852", f"$bL{n}$hQA{n}$z{'note ' * 60}")) for n in range(400)]
    (found,) = records(syntax, bib("b1", "Journal of tests"), *many)
    assert found is not None
    assert found.title == "Journal of tests"
    assert len(found.holdings) == 400


@BOTH
def test_a_file_that_begins_with_holdings_is_read(syntax: str) -> None:
    found = list(records(syntax, held("b1", *VOLUMES), bib("b1", "Journal of tests")))
    assert [r.title if r else None for r in found] == [None, "Journal of tests"]
