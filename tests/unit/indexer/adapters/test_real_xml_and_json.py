"""Real records of other libraries in XML and JSON: all of them in, with the right type, and clean."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from indexer import plugins, recognise
from indexer.profile import Profile
from indexer.records.record import Record

pytestmark = pytest.mark.data

_DIRTY = re.compile(
    "\ufffd|[\x00-\x1f]|Ã[\x80-\xbf]|â€|\\bNone\\b|</?(?:p|i|b|br|sub|sup|div)>|&(?:amp|lt|gt|nbsp|#\\d+);"
)
_ADDRESSES = re.compile(r"https?://[^\s\"]+")


def records(paths: list[Path]) -> Iterator[tuple[Path, str, Record | None]]:
    for path in paths:
        for raw in recognise.open_file(path):
            adapter = plugins.adapter_for(raw.format) if raw.data else None
            record = adapter.adapt(raw, Profile())[0] if adapter else None
            yield path, raw.format, record


@pytest.mark.parametrize(
    ("pattern", "count", "types", "format"),
    [
        ("oai-dc-caltech/*", 100, {"thesis", "book"}, "oai-dc"),
        ("thesis-princeton-dspace/*.json", 24, {"thesis"}, "dspace"),
        ("rubbing-epiwen-tei/*.xml", 177, {"rubbing"}, "tei"),
        ("manuscript-bodleian/*.xml", 41, {"manuscript"}, "tei"),
        ("map-geoblacklight/*.json", 57, {"map"}, "geoblacklight"),
        ("image-princeton-ephemera/ephemera_folders*", 100, {"image", "web-resource"}, "blacklight"),
        ("image-princeton-ephemera/ephemera_manifest*", 1, {"image", "web-resource"}, "iiif"),
        ("image-princeton-ephemera/ephemera1*", 1, {"image", "web-resource"}, "jsonld"),
        ("course-mit-ocw/*.gz", 822, {"foreign-course", "courseware", "video", "image"}, "ocw"),
    ],
)
def test_every_file_is_read_with_the_types_its_source_declares(
    shared_data: Path, pattern: str, count: int, types: set[str], format: str
) -> None:
    found = list(records(sorted(shared_data.glob(pattern))))
    assert len(found) == count
    assert {code for _, code, _ in found} == {format}
    right = sum(1 for _, _, record in found if record is not None and record.type in types)
    assert right >= 0.97 * count
    for path, _, record in found:
        assert record is not None, path
        text = _ADDRESSES.sub("", msgspec.json.encode(record).decode())
        assert not _DIRTY.search(text), (path, _DIRTY.search(text))


def test_zotero_items_have_the_type_their_site_gave_them(shared_data: Path) -> None:
    expected = {
        "thesis": "thesis",
        "conferencePaper": "conference-paper",
        "journalArticle": "article",
        "newspaperArticle": "article",
        "webpage": "web-resource",
        "videoRecording": "video",
        "film": "video",
        "tvBroadcast": "video",
        "audioRecording": "audio",
        "podcast": "audio",
        "artwork": "image",
    }
    wanted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    total = 0
    for path in sorted(shared_data.glob("zotero-items-*/*.json")):
        items = [item for entry in json.loads(path.read_text(encoding="utf-8")) for item in entry["items"]]
        found = [record for _, _, record in records([path])]
        assert len(found) == len(items)
        total += len(items)
        for item, record in zip(items, found, strict=True):
            assert record is not None, item["itemType"]
            assert record.title
            kind = expected.get(item["itemType"])
            if kind:
                wanted[kind] += 1
                right[kind] += record.type == kind
            text = _ADDRESSES.sub("", msgspec.json.encode(record).decode())
            assert not _DIRTY.search(text), (path, _DIRTY.search(text))
    assert total == 573
    assert wanted["conference-paper"] == 70
    assert right == wanted


def test_the_four_years_of_one_course_stay_four_records(shared_data: Path) -> None:
    found = list(records(sorted(shared_data.glob("course-mit-ocw/17-40-*.gz"))))
    courses = [record for _, _, record in found if record is not None and record.type == "foreign-course"]
    assert len({course.id for course in courses}) == 4
    assert sorted(course.volume for course in courses) == ["Fall 2002", "Fall 2004", "Fall 2010", "Fall 2017"]
    ids = {course.id for course in courses}
    parts = [record for _, _, record in found if record is not None and record.type != "foreign-course"]
    assert {relation.local_id for part in parts for relation in part.relations} <= ids


def test_a_packed_file_and_its_plain_form_are_read_alike(shared_data: Path, tmp_path: Path) -> None:
    (source,) = shared_data.glob("oai-dc-caltech/*.gz")
    plain = tmp_path / "oai.xml"
    plain.write_bytes(gzip.decompress(source.read_bytes()))
    assert [r for _, _, r in records([plain])] == [r for _, _, r in records([source])]
