"""Packages are loaded, compared, taken back and given out again without losing a row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from resolver.citation import Citation
from resolver.knowledge_base.export import write_kbart
from resolver.knowledge_base.holdings import KnowledgeBase
from resolver.knowledge_base.kbart import KbartProblem, column_names
from resolver.knowledge_base.link_template import FIELDS, check_template, fill
from resolver.knowledge_base.load import ListFile, NothingToUndo, load, undo
from resolver.knowledge_base.terms import Asker, Terms, read_terms, refusal

SOILS = {"publication_title": "Soils", "print_identifier": "1234-5679", "online_identifier": "2434-561X", "title_id": "s",
         "date_first_issue_online": "1990", "date_last_issue_online": "1999", "title_url": "https://p.example/s",
         "publication_type": "serial", "access_type": "P"}  # fmt: skip
SOILS_2 = {**SOILS, "date_first_issue_online": "2005", "date_last_issue_online": "", "embargo_info": "P1Y"}
MOSS = {"publication_title": "On moss", "print_identifier": "0-435-08441-0", "title_id": "m", "title_url": "https://p.example/m",
        "publication_type": "monograph", "access_type": "F"}  # fmt: skip
NAMELESS = {"title_url": "https://p.example/?"}


def a_list(*rows: dict[str, str], name: str = "list.txt") -> list[ListFile]:
    lines = ["\t".join(column_names()), *("\t".join(row.get(n, "") for n in column_names()) for row in rows)]
    return [ListFile(name, ("\n".join(lines) + "\n").encode())]


@pytest.fixture
def engine(database: sa.Engine) -> sa.Engine:
    KnowledgeBase(database).create_tables()
    return database


def article(**more: Any) -> Citation:
    return Citation(kind="article", container_kind="journal", issn="1234-5679", **more)


def test_a_title_is_found_by_each_of_its_numbers(engine: sa.Engine) -> None:
    load(engine, "P", a_list(SOILS, SOILS_2, MOSS), platform="Platform")
    kb = KnowledgeBase(engine)
    for citation in (article(), Citation(issn="2434-561X"), Citation(issn="0000-0000", eissn="1234-5679")):
        offers = kb.offers(citation)
        assert [o.extent.first_date for o in offers] == ["1990", "2005"] and offers[
            0
        ].package.platform == "Platform"
    for isbn in ("0435084410", "9780435084417"):
        (offer,) = kb.offers(Citation(kind="book", isbn=isbn))
        assert offer.free and offer.url == "https://p.example/m" and offer.exact


@pytest.mark.parametrize("id", ["x" * 20_000, "长" * 5_000, "a\x00b"])
def test_ids_of_lists_may_be_of_any_length(engine: sa.Engine, id: str) -> None:
    rows = a_list(
        {**SOILS, "title_id": id}, {**MOSS, "publisher_name": id, "title_url": f"https://p.example/{id}"}
    )
    assert load(engine, id, rows, platform=id).added == 2
    assert load(engine, id, rows).unchanged == 2


def test_a_title_alone_leads_only_where_there_is_no_number(engine: sa.Engine) -> None:
    load(engine, "P", a_list(SOILS, MOSS))
    kb = KnowledgeBase(engine)
    (offer,) = kb.offers(Citation(kind="book", title="ON MOSS"))
    assert offer.title == "On moss" and not offer.exact
    assert kb.offers(Citation(kind="book", title="On moss", isbn="9783161484100")) == []
    assert kb.offers(Citation(title="On moss")) == []


def test_an_update_is_told_as_a_difference_and_can_be_taken_back(engine: sa.Engine) -> None:
    kb = KnowledgeBase(engine)
    first = load(engine, "P", a_list(SOILS, MOSS))
    assert (first.added, first.gone, first.unchanged) == (2, 0, 0)
    wider = {**SOILS, "date_last_issue_online": "2001"}
    preview = load(engine, "P", a_list(wider, SOILS_2), dry_run=True)
    assert (preview.added, preview.changed, preview.gone, preview.unchanged) == (1, 1, 1, 0)
    assert preview.examples == {"changed": ["Soils"], "gone": ["On moss"]}
    assert [o.extent.last_date for o in kb.offers(article())] == ["1999"]
    done = load(engine, "P", a_list(wider, SOILS_2))
    assert (done.added, done.changed, done.gone) == (preview.added, preview.changed, preview.gone)
    assert [o.extent.last_date for o in kb.offers(article())] == ["2001", ""]
    assert kb.offers(Citation(kind="book", isbn="0435084410")) == []
    undo(engine, "P")
    assert [o.extent.last_date for o in kb.offers(article())] == ["1999"]
    assert kb.offers(Citation(kind="book", isbn="0435084410"))
    undo(engine, "P")
    assert kb.counts() == []
    for table in ("kb_title", "kb_number", "kb_coverage"):
        with engine.connect() as connection:
            assert connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0
    with pytest.raises(NothingToUndo):
        undo(engine, "P")


def test_the_same_list_again_changes_nothing(engine: sa.Engine) -> None:
    load(engine, "P", a_list(SOILS, SOILS_2, MOSS), platform="Here", terms=Terms(ill=True))
    again = load(engine, "P", a_list(MOSS, SOILS_2, SOILS))
    assert (again.unchanged, again.added, again.changed, again.gone) == (3, 0, 0, 0)
    (package,) = KnowledgeBase(engine).packages().values()
    assert package.platform == "Here" and package.terms.ill is True


def test_a_new_name_of_a_title_is_found(engine: sa.Engine) -> None:
    load(engine, "P", a_list(MOSS))
    load(engine, "P", a_list({**MOSS, "publication_title": "On lichen"}))
    kb = KnowledgeBase(engine)
    assert kb.offers(Citation(kind="book", title="on lichen")) and not kb.offers(
        Citation(kind="book", title="On moss")
    )


def test_every_row_is_loaded_or_told(engine: sa.Engine) -> None:
    told: list[KbartProblem] = []
    rows = [{**SOILS, "print_identifier": "nonsense", "embargo_info": "soon"}, NAMELESS, MOSS, MOSS]
    outcome = load(engine, "P", a_list(*rows), tell=told.append)
    assert (outcome.rows, outcome.added, outcome.refused, outcome.repeated) == (4, 2, 1, 1)
    codes = {(p.row, p.code) for p in told}
    assert {
        (1, "invalid-identifier"),
        (1, "invalid-embargo"),
        (2, "row-refused"),
        (4, "duplicate-row"),
    } <= codes
    assert KnowledgeBase(engine).offers(Citation(issn="2434-561X"))


def test_what_was_loaded_is_given_out_again_as_it_was(engine: sa.Engine) -> None:
    files = a_list(SOILS, SOILS_2, MOSS)
    load(engine, "P", files)
    assert "".join(write_kbart(KnowledgeBase(engine).rows("P"))).encode() == files[0].data


def test_two_packages_do_not_touch_each_other(engine: sa.Engine) -> None:
    load(engine, "P", a_list(SOILS))
    load(engine, "Q", a_list(SOILS))
    load(engine, "P", a_list(MOSS))
    assert [o.package.name for o in KnowledgeBase(engine).offers(article())] == ["Q"]


@pytest.mark.parametrize(
    ("terms", "asker", "code"),
    [
        ({}, {}, ""),
        ({"libraries": ["pku"]}, {"library": "pku"}, ""),
        ({"libraries": ["pku"]}, {"library": "fudan"}, "not-licensed-here"),
        ({"libraries": ["pku"]}, {}, "not-licensed-here"),
        ({"starts": "2026-12-01"}, {}, "licence-not-begun"),
        ({"ends": "2026-11-20"}, {}, "licence-ended"),
        ({"starts": "2026-11-21", "ends": "2026-11-21"}, {}, ""),
        ({"groups": ["staff"]}, {"groups": frozenset(["staff", "x"])}, ""),
        ({"groups": ["staff"]}, {"groups": frozenset(["x"])}, "not-in-group"),
        ({"on_site": True, "networks": ["10.0.0.0/8"]}, {"address": "10.1.2.3"}, ""),
        ({"on_site": True, "networks": ["10.0.0.0/8"]}, {"address": "::ffff:10.1.2.3"}, ""),
        ({"on_site": True, "networks": ["10.0.0.0/8"]}, {"address": "11.1.2.3"}, "on-site-only"),
        ({"on_site": True, "networks": ["2001:db8::/32"]}, {"address": "10.1.2.3"}, "on-site-only"),
        ({"on_site": True}, {"address": "nonsense"}, "on-site-only"),
    ],
)
def test_licence_terms_say_who_may_use_it(terms: dict[str, Any], asker: dict[str, Any], code: str) -> None:
    assert refusal(read_terms(terms), Asker(today=date(2026, 11, 21), **asker)) == code


@pytest.mark.parametrize(
    "terms",
    [{"networks": ["10.0.0.0/99"]}, {"colour": "red"}, {"starts": "soon"}, {"starts": "2026-01-02", "ends": "2026-01-01"},
     {"templates": ["javascript:{doi}"]}, {"templates": ["https://{issn}/x"]}, {"templates": ["https://a.example/{shoe}"]}],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_terms(terms)


def test_a_template_serves_only_where_all_is_known() -> None:
    templates = ["https://p.example/{issn}/{volume}/{spage}", "https://p.example/doi/{doi}"]
    assert fill(templates, {"issn": "1", "volume": "2", "spage": "3"}) == "https://p.example/1/2/3"
    sici = "10.1002/(SICI)1097-4571(1999)50:2<1::AID-ASI1>3.0.CO;2-X"
    assert fill(templates, {"issn": "1", "volume": "", "doi": sici}) == (
        "https://p.example/doi/10.1002/%28SICI%291097-4571%281999%2950%3A2%3C1%3A%3AAID-ASI1%3E3.0.CO%3B2-X"
    )
    assert fill(templates, {}) == "" == fill(["https://p.example/"], {"doi": "x"})


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=30)))
def test_no_value_leads_to_another_host(values: dict[str, str]) -> None:
    from urllib.parse import urlsplit

    template = "https://p.example/a/{doi}?v={volume}"
    check_template(template)
    link = fill([template], values)
    assert not link or (urlsplit(link).netloc == "p.example" and urlsplit(link).path.startswith("/a/"))
    assert link.isascii() and not set(link) & set(" <>\"'\n")


def test_a_package_that_was_loaded_a_moment_ago_is_there(engine: sa.Engine) -> None:
    kb = KnowledgeBase(engine)
    assert kb.offers(article()) == []
    load(engine, "P", a_list(SOILS))
    assert len(kb.offers(article())) == 1
    load(engine, "Q", a_list(SOILS))
    assert {offer.package.name for offer in kb.offers(article())} == {"P", "Q"}
