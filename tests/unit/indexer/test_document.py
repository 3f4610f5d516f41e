"""Documents made from records."""

from __future__ import annotations

import base64
import struct
from typing import Any

import msgspec
import pytest

from holdings.members.view import PUBLIC
from indexer.document import Display, Member, documents, fields_of
from indexer.document_content import class_paths
from indexer.index.fields import BY_NAME, FIELDS, WEIGHTS, fingerprint
from indexer.index.keywords import isbn13, keyword
from indexer.records.record import (
    Contributor,
    Holding,
    Identifier,
    Link,
    Publication,
    Record,
    Relation,
    Title,
)
from indexer.records.union import SourceRecord

RECORD = Record(
    type="article",
    title="红楼梦的结构",
    titles=(Title("红楼梦的结构", script="Hans", romanised="Hong lou meng de jie gou"),),
    contributors=tuple(Contributor(f"作者{n}") for n in range(12)),
    publication=Publication("北京", "人民文学出版社", "1982"),
    year=1982,
    relations=(Relation("in", "文学评论", volume="12", issue="3", pages="45-50"),),
    identifiers=(Identifier("issn", "0511-4683"), Identifier("doi", "10.1/x")),
    links=(
        Link("http://c.example", "cover"),
        Link("http://f.example"),
    ),
    holdings=(Holding(call_number="I207/1"),),
    abstract="长" * 400,
)


def member(
    record: Record,
    uid: str = "u1",
    library: str = "pku",
    seen: str = "2026-01-02T00:00:00Z",
    atoms: tuple[str, ...] = (PUBLIC,),
) -> Member:
    return Member(
        SourceRecord(uid, library, f"{library}-r", uid, record, first_seen=seen),
        frozenset(atoms),
        (f"L:{library}",),
    )


def decode(document: bytes) -> dict[str, Any]:
    return msgspec.json.decode(document)  # type: ignore[no-any-return]


def display(document: bytes) -> Display:
    return msgspec.json.decode(base64.b64decode(decode(document)["display"]), type=Display)


def test_what_is_shown_of_a_hit() -> None:
    shown = display(documents("u1", [member(RECORD)])[0])
    assert shown.title == "红楼梦的结构"
    assert (shown.title_script, shown.romanised) == ("Hans", "Hong lou meng de jie gou")
    assert (len(shown.contributors), shown.contributor_total) == (10, 12)
    assert (shown.host, shown.host_detail) == ("文学评论", "12(3): 45-50")
    assert (shown.fulltext, shown.call_number) == ("http://f.example", "I207/1")
    assert (shown.issn, shown.doi, shown.isbn) == ("0511-4683", "10.1/x", "")
    assert shown.libraries == ("pku",)
    assert len(shown.abstract) == 300


def test_a_document_says_who_sees_it_and_where() -> None:
    sight = decode(documents("u1", [member(RECORD)])[0])["sight"]
    assert set(sight) == {f"+{PUBLIC}", "r:pku-r", "@L:pku"}
    restricted = decode(documents("u1", [member(RECORD, atoms=("L:pku/members",))])[0])["sight"]
    assert set(restricted) == {"+L:pku/members", "+L:pku/staff", "r:pku-r", "@L:pku", "!"}


def test_a_merged_record_is_found_by_the_words_of_all_and_shown_as_one() -> None:
    one = Record(type="book", title="红楼梦", year=1982, notes=("甲",))
    other = Record(type="book", title="石头记", year=1982, notes=("乙",))
    made = documents("u1", [member(one), member(other, "u2", "thu", "2025-01-01T00:00:00Z")])
    assert len(made) == 1
    document = decode(made[0])
    assert {"甲", "乙", "红 楼 梦", "石 头 记"} <= {v.strip("\u2402 ") for v in document["all"]}
    assert set(display(made[0]).libraries) == {"pku", "thu"}
    assert {"r:pku-r", "r:thu-r", "@L:pku", "@L:thu"} <= set(document["sight"])
    earliest = decode(documents("u1", [member(one, seen="2025-01-01T00:00:00Z")])[0])
    assert document["added"] == earliest["added"]


def test_a_restricted_member_has_a_document_of_its_own_and_is_not_in_the_public_one() -> None:
    public, secret = Record(title="open"), Record(title="open", notes=("secret",))
    made = documents("u1", [member(public), member(secret, "u2", "thu", atoms=("L:thu/staff",))])
    assert [b"secret" in m for m in sorted(made, key=len)] == [False, True]
    poorer = decode(min(made, key=len))
    assert "-L:thu/staff" in poorer["sight"]


def test_fields_prepared_in_a_worker_give_the_same_document() -> None:
    one = member(RECORD)
    assert documents("u1", [one], fields=fields_of(RECORD, ("pku",))) == documents("u1", [one])


def test_orders_put_unknown_years_last() -> None:
    known, unknown = (
        decode(documents(u, [member(Record(title="x", year=y))])[0]) for u, y in (("a", -500), ("b", None))
    )
    assert known["newest"] > unknown["newest"]
    assert known["oldest"] < unknown["oldest"]


@pytest.mark.parametrize(
    "record",
    [
        Record(),
        Record(title="\ud800", notes=("\udfff",)),
        Record(title="x", year=10**9),
        Record(title="x", year=-(10**9)),
        Record(title="x" * 100_000, abstract="长" * 100_000),
        Record(title="x", notes=("n",) * 10_000),
        Record(title="\x1f\x00\u2402 $"),
        Record(title="x", identifiers=(Identifier("isbn", ""), Identifier("isbn", "—"))),
    ],
)
def test_any_record_becomes_a_document_of_bounded_size_that_the_engine_takes(record: Record) -> None:
    from indexer.index import open_engine

    made = documents("u1", [member(record)])
    assert len(made[0]) < 300_000
    writer = open_engine().writer()
    writer.add(made)
    writer.close()
    for name in ("newest", "oldest", "walk", "added"):
        struct.pack("<q", decode(made[0])[name])


@pytest.mark.parametrize(
    ("scheme", "value", "path"),
    [
        ("clc", "TP311.12", ("clc", "clc / T", "clc / T / TP", "clc / T / TP / TP3")),
        ("clc", "I207.411", ("clc", "clc / I", "clc / I / I2", "clc / I / I2 / I20")),
        ("lcc", "QA76.73", ("lcc", "lcc / Q", "lcc / Q / QA")),
        ("ddc", "516.3", ("ddc", "ddc / 500", "ddc / 500 / 510", "ddc / 500 / 510 / 516")),
        ("ddc", "Fic", ("ddc",)),
        ("lcc", "MLCS 2002/03267 (H)", ("lcc",)),
        ("lcc", "2002/03267 (H)", ("lcc",)),
        ("lcc", "IV 12", ("lcc",)),
        ("lcc", "KF", ("lcc", "lcc / K", "lcc / K / KF")),
        ("", "经部", ("other", "other / 经部")),
        ("clc", " ", ()),
    ],
)
def test_class_numbers_are_paths(scheme: str, value: str, path: tuple[str, ...]) -> None:
    assert class_paths(scheme, value) == path


def test_numbers_are_comparable_however_they_are_printed() -> None:
    assert isbn13("020161622x") == "9780201616224"
    assert keyword(BY_NAME["isbn"], "0-201-61622-X (pbk.)") == "9780201616224"
    assert keyword(BY_NAME["isbn"], "978-7-02-000220-7") == "9787020002207"
    assert keyword(BY_NAME["issn"], "００２８-０８３６") == "00280836"
    assert keyword(BY_NAME["doi"], "https://doi.org/10.1000/ABC") == "10.1000/abc"
    assert keyword(BY_NAME["callnumber"], "I247.5 / 12") == "i247512"


def test_the_fingerprint_names_the_table_of_fields() -> None:
    assert fingerprint() == fingerprint()
    assert len({f.name for f in FIELDS}) == len(FIELDS)
    assert all(weight.why for weight in WEIGHTS.values())


def shelf(**values: object) -> list[str]:
    record = {"type": "book", "title": "呐喊", "library": "pku", **values}
    found: list[str] = msgspec.json.decode(fields_of(msgspec.convert(record, Record))).get("f_shelf", [])
    return found


def test_a_record_stands_where_its_call_numbers_say_with_whose_they_are() -> None:
    holdings = [
        {"call_number": "I210.6/2", "items": [{"call_number": "I210.6/2(2)"}, {"call_number": "I210.6/2"}]}
    ]
    classes = [{"scheme": "clc", "value": "I210.6"}]
    assert shelf(holdings=holdings, classes=classes) == [
        "I210.6/2␞pku␞clc",
        "I210.6/2(2)␞pku␞clc",
    ]
    assert shelf(holdings=holdings) == ["I210.6/2␞pku␞", "I210.6/2(2)␞pku␞"]


def test_a_record_without_a_call_number_stands_by_its_class_when_it_can_stand() -> None:
    classes = [{"scheme": "lcc", "value": "PL2478"}, {"scheme": "ddc", "value": "895.1"}]
    assert shelf(classes=classes) == ["PL2478␞pku␞lcc"]
    assert shelf(classes=classes, type="article") == []
    assert shelf() == []
