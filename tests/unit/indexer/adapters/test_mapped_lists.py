"""Real lists of other libraries through the mappings of docs/mappings: nearly all rows in, of the right
type, in clean text.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from indexer.plugins import adapter_for
from indexer.profile import Profile
from indexer.recognise import open_file
from indexer.records.record import Record

MAPPINGS = Path(__file__).resolve().parents[4] / "docs" / "mappings"
NOTHING = re.compile(r"^(?:None|nan|NaN|null|undefined)$|\ufffd")
# UTF-8 read as Latin-1: a lead byte as a letter, then the signs that its trail bytes become.
MISREAD = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]{1,3}")

ANY_IMAGE = {"image", "map", "manuscript", "book", "audio", "video"}
PROGRAMMING = "ebook-web-free-programming-books/"
LISTS = [
    ("books-goodbooks10k/books.csv.gz", "goodbooks", 10_000, {"book"}),
    ("journal-ccf-lists/CCF2022-UTF8.csv", "ccf-2022", 644, {"journal"}),
    ("journal-ccf-lists/CCFChinese2019-UTF8.csv", "ccf-chinese-2019", 37, {"journal"}),
    ("journal-ccf-lists/CCFT2022-UTF8.csv", "ccft-2022", 68, {"journal"}),
    ("journal-ccf-lists/CCFT2025-UTF8.csv", "ccft-2025", 68, {"journal"}),
    ("journal-ccf-lists/GJQKYJMD2024.csv", "journal-warning-list-2024", 24, {"journal"}),
    ("article-csl/cls_ctg_dev.tsv.gz", "csl-titles", 1000, {"article"}),
    ("article-csl/cls_ctg_train.tsv.gz", "csl-titles", 8000, {"article"}),
    ("article-csl/cls_dcp_dev.tsv.gz", "csl-abstracts-disciplines", 1000, {"article"}),
    ("article-csl/kg_dev.tsv.gz", "csl-abstracts-keywords", 1000, {"article"}),
    ("article-csl/ts_dev.tsv.gz", "csl-abstracts-titles", 1000, {"article"}),
    ("course-xuetangx/xuetangx_courses_2021.csv", "xuetangx", 364, {"domestic-course"}),
    (f"{PROGRAMMING}free-programming-books-zh.md", "free-programming-books", 378, {"ebook"}),
    (f"{PROGRAMMING}free-programming-books-subjects.md", "free-programming-books", 829, {"ebook"}),
    (f"{PROGRAMMING}free-courses-en.md", "free-courses-en", 1383, {"foreign-course"}),
    (f"{PROGRAMMING}free-courses-zh.md", "free-courses-zh", 10, {"domestic-course"}),
    (f"{PROGRAMMING}free-courses-zh_TW.md", "free-courses-zh", 3, {"domestic-course"}),
    (f"{PROGRAMMING}free-podcasts-screencasts-zh.md", "free-podcasts-zh", 4, {"audio"}),
    ("ancient-kanripo/KR/KR1a.txt", "kanripo-kr", 0, {"ancient-book"}),
    ("ancient-kanripo/KR/KR2k.txt", "kanripo-kr", 152, {"gazetteer"}),
    ("ancient-kanripo/general/skqs1.org.gz", "kanripo-general", 693, {"ancient-book"}),
    ("ancient-kanripo/general/skqs2.org.gz", "kanripo-general", 567, {"ancient-book", "gazetteer"}),
    ("ancient-kanripo/general/sbck.org.gz", "kanripo-general", 467, {"ancient-book", "gazetteer"}),
    ("rubbing-berkeley/berkeley-rubbings.json.gz", "berkeley-rubbings", 2745, {"rubbing"}),
    ("image-map-nypl/pd_collections.csv.gz", "nypl-csv", 932, ANY_IMAGE),
    ("image-map-nypl/pd_collections.ndjson.gz", "nypl-ndjson", 932, ANY_IMAGE),
    ("audio-librivox/combined.json.gz", "librivox-combined", 9732, {"audio"}),
    ("audio-librivox/db_authors.json.gz", "librivox-authors", 3098, {"web-resource"}),
    ("audio-librivox/librivox_api_records.tar.gz", "librivox-api", 794, {"audio"}),
    ("course-mit-ocw/all_courses.json", "ocw-course-ids", 3180, {"foreign-course"}),
    ("journal-kbart-leipzig/kbart_leipzig_2018_sample.txt.gz", "", 36_028, {"journal", "ebook"}),
    ("zotero-items-chinese-sites/CNKI_Refer.import.txt", "", 8, set()),
    ("zotero-items-chinese-sites/CNKI_RefWorks.import.txt", "", 11, set()),
]  # fmt: skip


def read(path: Path, mapping: str) -> tuple[list[Record], int]:
    rules = tomllib.loads((MAPPINGS / f"{mapping}.toml").read_text(encoding="utf-8")) if mapping else {}
    profile = Profile(mapping=rules)
    records = []
    refused = 0
    for raw in open_file(path, profile=profile):
        adapter = adapter_for(raw.format)
        record, problems = adapter.adapt(raw, profile) if adapter and raw.data else (None, list(raw.problems))
        if record is not None:
            records.append(record)
        else:
            refused += 1
            assert any(problem.severity == "error" for problem in problems)
    return records, refused


def texts(record: Record) -> list[str]:
    return [
        record.title,
        record.publication.publisher,
        record.abstract,
        *record.notes,
        *(title.value for title in record.titles),
        *(person.name for person in record.contributors),
        *(subject.value for subject in record.subjects),
        *record.extra.values(),
    ]


@pytest.mark.data
@pytest.mark.parametrize(
    ("path", "mapping", "count", "types"), LISTS, ids=[row[0].split("/")[-1] for row in LISTS]
)
def test_a_list_comes_in(shared_data: Path, path: str, mapping: str, count: int, types: set[str]) -> None:
    records, refused = read(shared_data / path, mapping)
    assert len(records) >= 0.99 * count
    assert refused <= 0.01 * count
    if types:
        assert {record.type for record in records} <= types
    ids = Counter(record.id for record in records if record.id)
    assert sum(ids.values()) - len(ids) <= 0.01 * len(records)
    for record in records:
        for text in texts(record):
            assert NOTHING.search(text) is None, text
            assert MISREAD.search(text) is None, text


@pytest.mark.data
def test_courses_and_their_textbooks(shared_data: Path) -> None:
    found: Counter[str] = Counter()
    for path in sorted((shared_data / "course-csdiy").glob("*.md")):
        records, refused = read(path, "csdiy")
        assert refused == 0
        found.update(record.type for record in records)
    assert (found["foreign-course"], found["domestic-course"]) == (66, 10)
    assert found["course-reserve"] >= 20


@pytest.mark.data
def test_floats_of_spreadsheets_are_not_taken_for_numbers(shared_data: Path) -> None:
    from indexer.normalise import normalise

    records, _ = read(shared_data / "books-goodbooks10k/books.csv.gz", "goodbooks")
    record, _ = normalise(records[0])
    assert [(item.value, item.valid) for item in record.identifiers] == [
        ("9780439023481", True),
        ("9.78043902348e+12", False),
    ]


@pytest.mark.data
def test_a_catalogue_of_classics_keeps_persons_with_dynasty_and_role(shared_data: Path) -> None:
    records, _ = read(shared_data / "ancient-kanripo/KR/KR2k.txt", "kanripo-kr")
    record = next(record for record in records if record.id == "KR2k0003")
    assert record.title == "元和郡縣志"
    assert [(person.name, person.role, person.note) for person in record.contributors] == [
        ("李吉甫", "撰", "唐")
    ]


def test_a_chinese_list_without_a_mapping_has_its_roles_years_and_types(tmp_path: Path) -> None:
    text = (
        "题名,责任者,出版社,出版年,资源类型\n甲书,[清]王大明著 ; 李文续,乙社,1982.3,图书\n"
        "丙碑,,,康熙五十年,拓片\n丁书,张三主编,戊社,民国23年,教参书\n"
    )
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode("gb18030"))
    found, refused = read(path, "")
    assert refused == 0
    assert [record.type for record in found] == ["book", "rubbing", "course-reserve"]
    assert [record.year for record in found] == [1982, 1711, 1934]
    assert [(c.name, c.role, c.note) for c in found[0].contributors] == [
        ("王大明", "author", "清"),
        ("李文", "author", ""),
    ]
    assert [(c.name, c.role) for c in found[2].contributors] == [("张三", "editor")]
    assert found[2].publication.date == "民国23年"


def test_a_column_of_isbn_and_issn_holds_both(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("题名,ISBN/ISSN\n甲书,978-7-04-040664-1\n乙刊,0028-0836\n", "utf-8")
    found, _ = read(path, "")
    assert [[i.scheme for i in record.identifiers] for record in found] == [["isbn"], ["issn"]]
