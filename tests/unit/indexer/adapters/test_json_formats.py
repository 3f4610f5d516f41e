"""JSON formats as Records: Zotero, CSL, Crossref, DSpace, Blacklight, IIIF, OCW and our own."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import plugins
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.json import READER
from indexer.records.record import Record


def adapt_all(value: Any, profile: Profile | None = None) -> list[tuple[Record | None, list[Problem]]]:
    data = json.dumps(value).encode()
    code, _ = READER.sniff(data[:65536], "x.json")
    found = []
    for raw in READER.read(io.BytesIO(data), code, "x.json", Profile()):
        adapter = plugins.adapter_for(raw.format)
        assert adapter is not None, raw.format
        found.append(adapter.adapt(raw, profile or Profile()))
    return found


def adapt(value: Any, profile: Profile | None = None) -> Record:
    ((record, problems),) = adapt_all(value, profile)
    assert record is not None, problems
    return record


def zotero(**members: Any) -> Record:
    return adapt({"itemType": "book", "title": "T", **members})


def names(record: Record) -> list[tuple[str, str, str]]:
    return [(c.name, c.role, c.kind) for c in record.contributors]


class TestZotero:
    def test_a_chinese_thesis(self) -> None:
        record = zotero(
            itemType="thesis",
            title="碑帖研究",
            creators=[
                {"lastName": "李文", "creatorType": "author", "fieldMode": 1},
                {"lastName": "王导师", "firstName": "", "creatorType": "contributor", "fieldMode": 1},
            ],
            university="南京大学",
            thesisType="博士学位论文",
            date="2020",
            extra="DOI: 10.27235/d.cnki.2020.1\nmajor: 历史文献学\nCLC: K877.42;G256\ndownload: 3",
        )
        assert record.type == "thesis"
        assert names(record) == [("李文", "author", "person"), ("王导师", "advisor", "person")]
        assert (record.publication.publisher, record.year) == ("南京大学", 2020)
        assert record.extra["degree"] == "博士学位论文"
        assert record.extra["major"] == "历史文献学"
        assert [(c.scheme, c.value) for c in record.classes] == [("clc", "K877.42"), ("clc", "G256")]
        assert [(i.scheme, i.value) for i in record.identifiers] == [("doi", "10.27235/d.cnki.2020.1")]
        assert "download" not in record.extra

    def test_names_in_one_field_and_in_two(self) -> None:
        record = zotero(
            creators=[
                {"lastName": "中国科学院", "creatorType": "author", "fieldMode": 1},
                {"lastName": "费曼", "creatorType": "author", "fildMode": 1, "firstName": ""},
                {"lastName": "Austen", "firstName": "Jane", "creatorType": "translator"},
                {"lastName": "World Health Organization", "creatorType": "editor", "fieldMode": 1},
                {"lastName": "张", "firstName": "三", "creatorType": "author"},
            ],
            extra='creatorsExt: [{"lastName":"费曼","country":"美","original":"Feynman, R."}]',
        )
        assert names(record) == [
            ("中国科学院", "author", "corporate"),
            ("费曼", "author", "person"),
            ("Austen, Jane", "translator", "person"),
            ("World Health Organization", "editor", "corporate"),
            ("张三", "author", "person"),
        ]
        assert (record.contributors[1].note, record.contributors[1].romanised) == ("美", "Feynman, R.")

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("journalArticle", "article"),
            ("conferencePaper", "conference-paper"),
            ("newspaperArticle", "article"),
            ("statute", "book"),
            ("standard", "book"),
            ("patent", "web-resource"),
            ("webpage", "web-resource"),
            ("map", "map"),
            ("podcast", "audio"),
            ("film", "video"),
            ("artwork", "image"),
            ("manuscript", "manuscript"),
            ("bookSection", "book"),
            ("neverHeardOf", "book"),
        ],
    )
    def test_types(self, kind: str, expected: str) -> None:
        assert zotero(itemType=kind).type == expected

    def test_laws_and_cases_have_titles_of_their_own(self) -> None:
        assert (
            adapt({"itemType": "statute", "nameOfAct": "民法总则", "dateEnacted": "2017-03-15"}).title
            == "民法总则"
        )
        assert (
            adapt({"itemType": "case", "caseName": "某案", "court": "某法院"}).publication.publisher
            == "某法院"
        )

    def test_an_article_has_its_journal(self) -> None:
        record = zotero(
            itemType="journalArticle",
            publicationTitle="考古",
            ISSN="0453-2899",
            volume="3",
            issue="2",
            pages="1-9",
            date="1999",
        )
        (host,) = record.relations
        assert (host.kind, host.title, host.volume, host.issue, host.pages, host.date) == (
            "in",
            "考古",
            "3",
            "2",
            "1-9",
            "1999",
        )
        assert host.identifiers[0].value == "0453-2899"
        assert not record.identifiers

    def test_markup_and_nothing_do_not_get_into_a_record(self) -> None:
        record = zotero(
            title="Ca<sup>2+</sup>\n&amp; None",
            abstractNote="<p>a</p><p>b</p>",
            publisher="null",
            language=None,
            notes=["<h1>目录</h1>一<br/>二"],
        )
        assert record.title == "Ca2+ & None"
        assert record.abstract == "a b"
        assert record.publication.publisher == ""
        assert record.contents == ("一", "二")

    def test_attachments_are_no_resources(self) -> None:
        ((record, problems),) = adapt_all([{"itemType": "attachment", "title": "PDF"}])
        assert record is None
        assert problems[0].severity == "error"

    def test_an_electronic_book_is_known_by_its_database(self) -> None:
        assert zotero(libraryCatalog="Taiwan eBook").type == "ebook"


def test_csl() -> None:
    record = adapt(
        [
            {
                "id": "a1",
                "type": "article-journal",
                "title": "T",
                "container-title": "J",
                "ISSN": "1234-5679",
                "page": "1-2",
                "volume": 3,
                "author": [
                    {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"},
                    {"literal": "A Society"},
                ],
                "issued": {"date-parts": [["2020", 3, 1]]},
                "DOI": "10.1234/X",
                "keyword": "a, b",
            }
        ]
    )
    assert (record.id, record.type, record.publication.date, record.year) == (
        "a1",
        "article",
        "2020-03-01",
        2020,
    )
    assert names(record) == [
        ("van Beethoven, Ludwig", "author", "person"),
        ("A Society", "author", "corporate"),
    ]
    assert (record.relations[0].title, record.relations[0].volume, record.relations[0].date) == (
        "J",
        "3",
        "2020",
    )
    assert [s.value for s in record.subjects] == ["a", "b"]


WORK: dict[str, Any] = {
    "DOI": "10.1234/ABC",
    "type": "journal-article",
    "title": ["A <i>title</i>"],
    "container-title": ["J"],
    "ISSN": ["1234-5679"],
    "publisher": "P",
    "author": [
        {"given": "Ann", "family": "Lee", "sequence": "first", "affiliation": [{"name": "Uni"}]},
        {"name": "Group"},
    ],
    "member": "1",
    "issued": {"date-parts": [[2021, 5]]},
    "volume": "7",
    "issue": "1",
    "page": "3-4",
    "abstract": "<jats:p>About</jats:p>",
    "subject": ["S"],
    "URL": "http://dx.doi.org/10.1234/abc",
    "language": "en",
    "indexed": {},
    "relation": {"is-preprint-of": [{"id-type": "doi", "id": "10.1/2"}]},
}


def test_crossref_works() -> None:
    record = adapt({"status": "ok", "message": WORK})
    assert (record.id, record.type, record.title, record.abstract) == (
        "10.1234/abc",
        "article",
        "A title",
        "About",
    )
    assert names(record) == [("Lee, Ann", "author", "person"), ("Group", "author", "corporate")]
    assert record.contributors[0].affiliation == "Uni"
    assert (record.relations[0].kind, record.relations[0].title, record.relations[0].pages) == (
        "in",
        "J",
        "3-4",
    )
    assert (record.publication.date, record.year) == ("2021-05", 2021)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("proceedings-article", "conference-paper"),
        ("dissertation", "thesis"),
        ("monograph", "book"),
        ("journal", "journal"),
        ("posted-content", "article"),
        ("dataset", "web-resource"),
    ],
)
def test_crossref_types(kind: str, expected: str) -> None:
    assert adapt({"message": {**WORK, "type": kind}}).type == expected


def test_dates_without_parts_do_no_harm() -> None:
    assert adapt({"message": {**WORK, "issued": {"date-parts": [[None]]}}}).publication.date == ""


def test_dspace_7_and_6() -> None:
    new = {
        "uuid": "u",
        "handle": "1/2",
        "type": "item",
        "lastModified": "2025-01-01",
        "entityType": None,
        "metadata": {
            "dc.title": [{"value": "A\nB"}],
            "dc.contributor.author": [{"value": "Lee, Ann"}],
            "dc.contributor.advisor": [{"value": "Kim"}],
            "dc.type": [{"value": "Master Thesis"}],
            "dc.date.issued": [{"value": "2020"}],
            "dc.language.iso": [{"value": "en_US"}],
            "pu.department": [{"value": "History"}, {"value": "NA"}],
            "dc.description.abstract": [{"value": None}],
            "dc.identifier.uri": [{"value": "http://hdl.handle.net/1/2"}],
            "pu.embargo.lift": [{"value": "2030-01-01"}],
        },
    }
    for item in (
        {
            "_embedded": {
                "searchResult": {"_embedded": {"objects": [{"_embedded": {"indexableObject": new}}]}}
            }
        },
        new,
    ):
        record = adapt(item)
        assert (record.id, record.title, record.type, record.year, record.languages) == (
            "1/2",
            "A B",
            "thesis",
            2020,
            ("en-US",),
        )
        assert names(record) == [("Lee, Ann", "author", "person"), ("Kim", "advisor", "person")]
        assert record.extra["department"] == "History"
        assert record.embargo_until == "2030-01-01"
        assert record.abstract == ""
    old = adapt(
        [
            {
                "handle": "1/3",
                "metadata": [
                    {"key": "dc.title", "value": "C", "language": "en"},
                    {"key": "dc.type", "value": "Article"},
                ],
            }
        ]
    )
    assert (old.title, old.type) == ("C", "article")
    assert adapt({**new, "withdrawn": True}).deleted


def test_blacklight_documents_of_both_generations() -> None:
    old = adapt(
        {
            "response": {
                "docs": [
                    {
                        "id": "9",
                        "title_display": "T",
                        "author_display": "Lee, Ann",
                        "format": "Musical Score",
                        "pub_date_start_sort": 1999,
                        "isbn_s": ["9780306406157"],
                    }
                ]
            }
        }
    )
    assert (old.id, old.title, old.type, old.year) == ("9", "T", "book", 1999)
    assert old.identifiers[0].value == "9780306406157"
    new = adapt(
        {
            "data": [
                {
                    "id": "9",
                    "type": "Ephemera Folder",
                    "attributes": {
                        "title": "It&#39;s",
                        "x_ssim": {"type": "document_value", "attributes": {"value": "v"}},
                    },
                    "links": {"self": "http://e.org/9"},
                }
            ]
        }
    )
    assert (new.id, new.title, new.type, new.links[0].url) == ("9", "It's", "image", "http://e.org/9")


AARDVARK: dict[str, Any] = {
    "id": "g1",
    "gbl_mdVersion_s": "Aardvark",
    "dct_title_s": "Roads",
    "gbl_resourceClass_sm": ["Datasets"],
    "dct_creator_sm": ["Survey"],
    "locn_geometry": "ENVELOPE(1,2,4,3)",
    "dct_spatial_sm": ["Indiana"],
    "gbl_indexYear_im": [1929],
    "dct_issued_s": "1930",
    "gbl_suppressed_b": True,
    "dct_references_s": '{"http://schema.org/downloadUrl":[{"url":"http://e.org/a.zip","label":"zip"}],"http://schema.org/url":"javascript:x"}',
    "pcdm_memberOf_sm": ["parent"],
    "dct_publisher_sm": ["New York : Map Co., 1885."],
}


def test_geoblacklight_aardvark() -> None:
    record = adapt(AARDVARK)
    assert (record.type, record.title, record.places, record.suppressed) == (
        "map",
        "Roads",
        ("Indiana",),
        True,
    )
    assert record.extra["coordinates"] == "ENVELOPE(1,2,4,3)"
    assert [link.url for link in record.links] == ["http://e.org/a.zip"]
    assert (record.publication.place, record.publication.publisher, record.year) == (
        "New York",
        "Map Co",
        1930,
    )
    assert (record.relations[0].kind, record.relations[0].local_id) == ("part_of", "parent")


def test_geoblacklight_resource_classes_and_version_1() -> None:
    assert adapt({**AARDVARK, "gbl_resourceClass_sm": ["Websites"]}).type == "web-resource"
    assert adapt({**AARDVARK, "gbl_resourceClass_sm": ["Other"]}).type == "map"
    first = adapt(
        {
            "layer_slug_s": "s",
            "dc_title_s": "Old",
            "solr_geom": "ENVELOPE(1,2,4,3)",
            "layer_geom_type_s": "Polygon",
            "dc_creator_sm": ["A B"],
            "dct_spatial_sm": ["X"],
            "solr_year_i": 2001,
        }
    )
    assert (first.id, first.type, first.title, first.year, first.extra["coordinates"]) == (
        "s",
        "map",
        "Old",
        2001,
        "ENVELOPE(1,2,4,3)",
    )


def test_iiif_of_both_versions() -> None:
    old = {
        "@context": "http://iiif.io/api/presentation/2/context.json",
        "@type": "sc:Manifest",
        "@id": "http://e.org/m",
        "label": ["T"],
        "metadata": [
            {"label": "Creator", "value": ["A"]},
            {"label": [{"@value": "Language", "@language": "en"}], "value": "Persian"},
            {"label": "Type", "value": "Map"},
        ],
        "thumbnail": {"@id": "http://e.org/t.jpg"},
        "license": "http://rights",
    }
    record = adapt(old)
    assert (record.title, record.type, record.languages, record.contributors[0].name) == (
        "T",
        "map",
        ("Persian",),
        "A",
    )
    new = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "type": "Manifest",
        "id": "http://e.org/n",
        "label": {"zh": ["题"]},
        "metadata": [{"label": {"zh": ["作者"]}, "value": {"zh": ["王"]}}],
        "items": [{"items": [{"items": [{"body": {"type": "Sound"}}]}]}],
    }
    sound = adapt(new)
    assert (sound.title, sound.type, sound.contributors[0].name) == ("题", "audio", "王")
    assert adapt({**new, "items": []}).type == "image"
    collection = {
        "@context": old["@context"],
        "@type": "sc:Collection",
        "@id": "http://c",
        "label": "C",
        "manifests": [old, {**old, "@id": "http://e.org/o"}],
    }
    assert len(adapt_all(collection)) == 2


COURSE: dict[str, Any] = {
    "uid": "c1",
    "title": "Chinese I",
    "short_url": "21g-fall-2014",
    "from_semester": "Fall",
    "from_year": "2014",
    "department_number": "21G",
    "master_course_number": "107",
    "language": "en-US",
    "description": "<p>See <a href='./resolveuid/ab12'>here</a></p>",
    "tags": [{"name": "Chinese"}],
    "instructors": [{"first_name": "Ann", "last_name": "Lee", "middle_initial": ""}],
    "url": "/courses/21g",
    "retirement_date": "None",
    "course_pages": [{"uid": "p1", "title": "Lecture Notes", "text": "None"}],
    "is_update_of": ["c0"],
    "course_files": [
        {
            "uid": "f1",
            "id": "a.pdf",
            "title": "Lesson 1",
            "file_type": "application/pdf",
            "file_location": "https://e.org/a.pdf",
            "parent_uid": "p1",
            "type": "OCWFile",
        },
        {
            "uid": "f2",
            "id": "b.jpg",
            "title": "b.jpg",
            "file_type": "image/jpeg",
            "file_location": "https://e.org/b.jpg",
            "caption": None,
            "type": "OCWImage",
        },
    ],
    "course_embedded_media": {
        "k": {
            "uid": "m1",
            "title": "Interview",
            "embedded_media": [{"type": "Video", "media_location": "4afZKY-INNA"}],
        }
    },
    "course_foreign_files": [{"link": "http://e.org/01-Sink_320.html", "parent_uid": "p1"}],
}


def test_a_course_and_its_parts() -> None:
    records = [record for record, _ in adapt_all(COURSE)]
    assert all(record is not None for record in records)
    course, notes, picture, film, page = (record for record in records if record is not None)
    assert [r.type for r in records if r] == ["foreign-course", "courseware", "image", "video", "courseware"]
    assert (course.title, course.year, course.volume, course.extra["course_number"]) == (
        "Chinese I",
        2014,
        "Fall 2014",
        "21G.107",
    )
    assert "resolveuid" not in course.abstract
    assert "retired" not in course.extra
    assert (course.relations[0].kind, course.relations[0].local_id) == ("continues", "c0")
    assert (notes.title, notes.extra["section"], notes.id) == ("Lesson 1", "Lecture Notes", "f1")
    for part in (notes, picture, film, page):
        assert (part.relations[0].kind, part.relations[0].local_id) == ("part_of", "c1")
    assert film.links[0].url == "https://www.youtube.com/watch?v=4afZKY-INNA"


def test_a_declared_course_type_is_not_put_on_the_files() -> None:
    types = [record.type for record, _ in adapt_all(COURSE, Profile(type="domestic-course")) if record]
    assert types == ["domestic-course", "courseware", "image", "video", "courseware"]


@pytest.mark.parametrize(
    ("literal", "kind"),
    [
        ("WHO", "corporate"),
        ("World Health Body", "corporate"),
        ("张三", "person"),
        ("Plato, the younger", "person"),
    ],
)
def test_a_literal_name_of_csl_is_mostly_a_body(literal: str, kind: str) -> None:
    record = adapt({"id": "1", "type": "book", "title": "On", "author": [{"literal": literal}]})
    assert record.contributors[0].kind == kind


def test_life_dates_behind_a_name_are_taken_off() -> None:
    record = zotero(creators=[{"lastName": "Roe, Ann (1850-1910)", "creatorType": "author"}])
    assert (record.contributors[0].name, record.contributors[0].dates) == ("Roe, Ann", "1850-1910")


def test_a_qualifier_behind_an_isbn_is_its_note() -> None:
    record = zotero(ISBN="978-7-02-000220-7 (精装) 7-02-000220-X")
    assert [(i.scheme, i.value) for i in record.identifiers] == [("isbn", "9787020002207")]


def test_a_year_of_our_own_form_may_be_text() -> None:
    assert adapt({"record": {"type": "book", "title": "T", "year": "民国23年"}}).year == 1934


def test_numbers_of_our_own_form_may_be_numbers() -> None:
    record = adapt(
        {
            "record": {
                "type": "article",
                "title": "T",
                "year": 2001.0,
                "publication": "P",
                "relations": [{"kind": "in", "title": "J", "volume": 1, "issue": 2.0, "pages": 3}],
            }
        }
    )
    host = record.relations[0]
    assert (record.year, record.publication.publisher) == (2001, "P")
    assert (host.volume, host.issue, host.pages) == ("1", "2", "3")


def test_a_kind_of_another_list_costs_the_kind_only() -> None:
    record = adapt(
        {
            "record": {
                "type": "book",
                "title": "T",
                "titles": [{"value": "U", "kind": "odd"}],
                "contributors": [{"name": "X", "kind": "organisation"}],
                "links": [{"url": "https://example.org/", "kind": "odd"}],
            }
        }
    )
    assert [(title.value, title.kind) for title in record.titles] == [("T", "main"), ("U", "variant")]
    assert [who.name for who in record.contributors] == ["X"]
    assert [link.kind for link in record.links] == ["related"]


def test_an_article_of_a_repository_is_in_its_journal() -> None:
    def item(**metadata: str) -> Record:
        values = {f"dc.{key.replace('_', '.')}": [{"value": value}] for key, value in metadata.items()}
        return adapt({"uuid": "u", "handle": "1/2", "metadata": values, "lastModified": "2020-01-01"})

    record = item(
        title="T",
        type="Article",
        relation_ispartof="Journal of Stuff",
        relation_ispartofseries="Vol. 3;No. 2",
        identifier_citation="Journal of Stuff 3(2): 11-19",
        identifier_issn="03781119",
        subject="stuff",
    )
    (host,) = record.relations
    assert (host.kind, host.title, host.volume, host.issue, host.pages) == (
        "in",
        "Journal of Stuff",
        "3",
        "2",
        "11-19",
    )
    assert [i.value for i in host.identifiers] == ["0378-1119"]
    assert not any(i.scheme == "issn" for i in record.identifiers)
    assert record.subjects[0].scheme == ""
    record = item(
        title="T",
        type="Article",
        identifier_volume="5",
        identifier_spage="7",
        identifier_epage="9",
        relation_ispartof="J",
    )
    (host,) = record.relations
    assert (host.title, host.volume, host.pages) == ("J", "5", "7-9")


def test_the_vernacular_of_a_marc_based_document_is_its_title() -> None:
    record = adapt(
        {
            "id": "9",
            "title_display": "Shi ji : [130 juan] /",
            "title_vern_display": "史記 : [130卷] /",
            "author_display": "Sima, Qian, approximately 145 B.C.-approximately 86 B.C",
            "author_vern_display": "司馬遷",
            "format": "Book",
        }
    )
    assert (record.title, record.title_remainder, record.titles[0].romanised) == ("史記", "[130卷]", "Shi ji")
    (author,) = record.contributors
    assert (author.name, author.romanised) == ("司馬遷", "Sima, Qian")
    assert author.dates.startswith("approximately 145 B.C.")


def test_a_chapter_is_in_its_book_and_the_book_in_a_series() -> None:
    work = {
        "DOI": "10.1234/x",
        "type": "book-chapter",
        "title": ["C"],
        "container-title": ["Lecture Series", "The Volume"],
        "abstract": "<jats:title>Abstract</jats:title><jats:p>One.</jats:p><jats:p>Two.</jats:p>",
        "link": [{"URL": "https://e.org/x", "intended-application": "similarity-checking"}],
        "issued": {"date-parts": [[2001]]},
        "prefix": "10.1234",
    }
    record = adapt(work)
    assert (record.relations[0].title, record.series, record.abstract) == (
        "The Volume",
        ("Lecture Series",),
        "One. Two.",
    )
    assert record.links == ()


def test_our_own_form_comes_back_as_it_went_out() -> None:
    value = {
        "type": "rubbing",
        "title": "曹全碑",
        "id": "1",
        "titles": [{"value": "曹全碑", "script": "Hant"}],
        "contributors": [{"name": "王", "role": "calligrapher"}],
        "publication": {"place": "西安", "date": "185"},
        "year": 185,
        "identifiers": [{"scheme": "isbn", "value": "9780306406157", "valid": True, "note": ""}],
        "relations": [{"kind": "in", "title": "J", "volume": "1"}],
        "links": [{"url": "http://e.org", "kind": "cover"}],
        "extra": {"a": "b"},
        "holdings": [{"library": "L", "items": [{"barcode": "1"}]}],
        "notes": ["n"],
    }
    for form in (value, {"record": value, "problems": []}):
        encoded = json.loads(msgspec.json.encode(adapt(form)))
        for key, content in value.items():
            if isinstance(content, list) and content and isinstance(content[0], dict):
                assert [entry | given for entry, given in zip(encoded[key], content, strict=True)] == encoded[
                    key
                ]
            else:
                assert encoded[key] == content
    ((record, problems),) = adapt_all(
        {
            "record": {
                **value,
                "type": "nonsense",
                "links": [{"url": "javascript:x"}],
                "year": "soon",
                "contributors": [3],
            }
        }
    )
    assert record is not None
    assert {p.code for p in problems} == {"type-unknown", "schema"}
    assert (record.links, record.year) == ((), None)


SAMPLES: list[Any] = [
    {
        "itemType": "thesis",
        "title": "T",
        "creators": [{"lastName": "A", "creatorType": "author"}],
        "tags": [{"tag": "x"}],
        "notes": [{"note": "n"}],
        "extra": "CLC: K1",
    },
    {"id": "1", "type": "book", "title": "T", "author": [{"family": "A"}], "issued": {"date-parts": [[1]]}},
    WORK,
    AARDVARK,
    COURSE,
    {"uuid": "u", "handle": "1/2", "lastModified": "x", "metadata": {"dc.title": [{"value": "A"}]}},
    {"data": [{"id": "9", "type": "Book", "attributes": {"title": "T"}}]},
    {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "type": "Manifest",
        "label": {"en": ["T"]},
        "metadata": [{"label": "x", "value": "y"}],
        "thumbnail": [{"id": "z"}],
    },
    {"@context": "x", "@id": "y", "title": ["T"], "subject": [{"pref_label": "S"}]},
    {
        "title": "T",
        "type": "book",
        "contributors": [{"name": "x"}],
        "publication": {"date": "1"},
        "holdings": [{"items": [{}]}],
        "extra": {"a": "b"},
    },
]
_ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


def _replaced(value: Any, data: st.DataObject) -> Any:
    """The value with one of its parts replaced by something odd."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: _replaced(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        index = data.draw(st.integers(0, len(value) - 1))
        return [*value[:index], _replaced(value[index], data), *value[index + 1 :]]
    return data.draw(_ODD)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_json_record_makes_an_adapter_fail(data: st.DataObject) -> None:
    sample = _replaced(data.draw(st.sampled_from(SAMPLES)), data)
    text = json.dumps(sample).encode()
    for raw in READER.read(io.BytesIO(text), READER.sniff(text, "x")[0], "x", Profile()):
        adapter = (
            plugins.adapter_for(raw.format)
            if raw.data and raw.format not in ("mapped", "jsonl", "marcjson")
            else None
        )
        if adapter is not None:
            record, problems = adapter.adapt(raw, Profile())
            assert record is not None or any(p.severity == "error" for p in problems)
            if record is not None:
                assert "\ud800" not in msgspec.json.encode(record).decode()


@pytest.mark.parametrize(
    "format",
    ["zotero", "csl", "crossref", "dspace", "blacklight", "geoblacklight", "iiif", "ocw", "record", "jsonld"],
)
def test_what_is_no_object_is_refused(format: str) -> None:
    adapter = plugins.adapter_for(format)
    assert adapter is not None
    for body in (b"[]", b"3", b"{", b"\xff", b""):
        record, problems = adapter.adapt(Raw(format, body, 1), Profile())
        assert record is None
        assert problems[0].severity == "error"
