"""JSON files cut into records."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.json import READER

BOOK = {"itemType": "book", "title": "T", "creators": []}


def read(data: bytes, profile: Profile | None = None) -> list[Raw]:
    code, _ = READER.sniff(data[:65536], "file.json")
    return list(READER.read(io.BytesIO(data), code, "file.json", profile or Profile()))


def titles(raws: list[Raw]) -> list[Any]:
    return [json.loads(raw.data)["title"] if raw.data else None for raw in raws]


WORK = {"DOI": "10.1/x", "title": ["T"], "type": "journal-article", "indexed": {}, "member": "1"}


@pytest.mark.parametrize(
    ("value", "format", "count"),
    [
        ([BOOK, BOOK], "zotero", 2),
        ([{"url": "http://x", "items": [BOOK, BOOK]}, {"url": "http://y", "items": [BOOK]}], "zotero", 3),
        ([{"key": "A1", "version": 3, "data": BOOK}], "zotero", 1),
        ({"config": {"id": "x"}, "items": [BOOK]}, "zotero", 1),
        ({"status": "ok", "message": {"total-results": 2, "items": [WORK, WORK]}}, "crossref", 2),
        ({"status": "ok", "message": WORK}, "crossref", 1),
        (
            [{"id": "a", "type": "article-journal", "title": "T", "issued": {"date-parts": [[2020]]}}],
            "csl",
            1,
        ),
        (
            {"response": {"docs": [{"id": 1, "title_ssm": ["T"], "author_tesim": ["A"]}], "facets": []}},
            "blacklight",
            1,
        ),
        (
            {
                "data": [{"id": "1", "type": "Book", "attributes": {"title": "T"}}],
                "meta": {},
                "included": [{"id": "f"}],
            },
            "blacklight",
            1,
        ),
        ({"data": {"id": "1", "type": "Book", "attributes": {"title": "T"}}}, "blacklight", 1),
        ({"id": "m", "dct_title_s": "T", "gbl_mdVersion_s": "Aardvark"}, "geoblacklight", 1),
        ({"dc_title_s": "T", "layer_slug_s": "x", "solr_geom": "ENVELOPE(1,2,3,4)"}, "geoblacklight", 1),
        (
            {
                "@context": "http://iiif.io/api/presentation/3/context.json",
                "id": "http://m",
                "type": "Manifest",
                "label": {},
            },
            "iiif",
            1,
        ),
        ({"_embedded": {"items": [{"uuid": "1", "metadata": {"dc.title": [{"value": "T"}]}}]}}, "dspace", 1),
        ([{"handle": "1/2", "metadata": [{"key": "dc.title", "value": "T"}]}], "dspace", 1),
        ({"record": {"title": "T", "type": "book"}, "problems": []}, "record", 1),
        ({"title": "T", "type": "ancient-book", "contributors": []}, "record", 1),
        ({"hits": {"hits": [{"_id": "1", "_source": BOOK}]}}, "zotero", 1),
        ({"a": {"title": "T"}, "b": {"title": "U"}}, "jsonl", 2),
        ({"books": {"4": {"title": "T"}}}, "jsonl", 1),
    ],
)
def test_lists_are_found_wherever_interfaces_put_them(value: Any, format: str, count: int) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=2)):
        raws = read(text.encode())
        assert [raw.format for raw in raws] == [format] * count
        assert [raw.position for raw in raws] == list(range(1, count + 1))
        assert not [problem for raw in raws for problem in raw.problems]


def test_objects_keyed_by_id_keep_their_key() -> None:
    raws = read(b'{"id_1":{"title":"A"},"id_2":{"title":"B"}}')
    assert [json.loads(raw.data)["_key"] for raw in raws] == ["id_1", "id_2"]


def test_json_lines_are_read_one_by_one() -> None:
    raws = read(b'{"record":{"title":"A"}}\n{"record":{"title":"B"}}\n\n{"record":null,"problems":[]}\n')
    assert [raw.format for raw in raws] == ["record", "record", ""]
    assert raws[2].problems[0].severity == "error"


def test_with_a_mapping_every_object_is_a_row() -> None:
    profile = Profile(mapping={"type": "book"})
    raws = read(json.dumps([{"url": "u", "items": [1]}, BOOK]).encode(), profile)
    assert [raw.format for raw in raws] == ["mapped", "mapped"]
    scalars = read(b'{"courses":["a","b"]}', profile)
    assert [json.loads(raw.data) for raw in scalars] == [{"value": "a"}, {"value": "b"}]


def test_a_mapping_may_say_where_the_records_are() -> None:
    profile = Profile(mapping={"records": "deep.inside"})
    raws = read(
        b'{"deep":{"title":"no","other":[{"title":"x"}],"inside":[{"title":"A"},{"title":"B"}]}}', profile
    )
    assert titles(raws) == ["A", "B"]


@pytest.mark.parametrize("between", [b",\n", b","])
@pytest.mark.parametrize(
    "broken",
    [
        b'{"itemType":"book","title":"a "quoted" word"}',
        b'{"itemType":"book","title":}',
        b'{"itemType":"book" "title":"x"}',
    ],
)
def test_after_a_damaged_element_reading_goes_on(broken: bytes, between: bytes) -> None:
    good = [b'{"itemType":"book","title":"%d","creators":[{"lastName":"X"}]}' % n for n in range(4)]
    raws = read(b"[" + between.join([good[0], broken, *good[1:]]) + b"]")
    assert titles(raws) == ["0", None, "1", "2", "3"]
    assert raws[1].problems[0].severity == "error"


def test_a_truncated_list_gives_the_elements_before_the_end() -> None:
    text = json.dumps([BOOK] * 5).encode()
    raws = read(text[:-20])
    assert [bool(raw.data) for raw in raws][:5] == [True] * 4 + [False]
    assert raws[4].problems[0].code == "json-truncated"


def test_control_characters_are_mended_and_reported() -> None:
    (raw,) = read(b'[{"itemType":"book","title":"a\x0bb\\ud800"}]')
    assert json.loads(raw.data)["title"] == "a\x0bb"
    assert raw.problems[0].code == "json-repaired"


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a":' * 100_000, b'[{"a":' + b"[" * 100_000])
def test_deep_nesting_is_refused(text: bytes) -> None:
    raws = read(text)
    assert raws
    assert all(not raw.data for raw in raws)
    assert raws[0].problems[0].code in ("json-depth", "json-truncated")


def test_text_in_gb18030_is_read() -> None:
    raws = read('[{"itemType":"book","title":"红楼梦"}]'.encode("gb18030"))
    assert titles(raws) == ["红楼梦"]
    assert raws[0].charset == "gb18030"


def test_marc_in_json_is_left_to_its_own_reader() -> None:
    assert READER.sniff(b'[{"leader":"00000nam","fields":[{"001":"x"}]}]', "x.json") == ("", 0.0)


@pytest.mark.parametrize("text", [b"", b"text", b"{Reference Type}: Book", b"[1] A reference", b"<x/>"])
def test_what_is_not_json_is_not_claimed(text: bytes) -> None:
    assert READER.sniff(text, "x")[1] == 0.0


def test_a_course_is_cut_into_itself_and_its_parts() -> None:
    course = {
        "uid": "c",
        "title": "Chinese",
        "course_pages": [{"uid": "p", "title": "Readings"}],
        "master_course_number": "107",
        "course_files": [{"uid": "f", "title": "Lesson", "file_type": "application/pdf", "parent_uid": "p"}],
        "course_embedded_media": {"x": {"uid": "m", "title": "Talk"}},
        "course_foreign_files": [{"link": "http://x"}],
    }
    parts = [json.loads(raw.data) for raw in read(json.dumps(course).encode())]
    assert [part["part"] for part in parts] == ["course", "file", "media", "foreign"]
    assert parts[1]["section"] == "Readings"
    assert "course_files" not in parts[0]
    assert parts[1]["course"]["title"] == "Chinese"
