"""Help where little is found, suggestions while typing, marks, and values of a record as searches."""

from __future__ import annotations

import json

import pytest

from ereader.search.answer import answer, facet_answer
from ereader.search.explain import why
from ereader.search.facet_list import FACETS, SHOWN, UNLISTED
from ereader.search.highlight import END, START, highlights
from ereader.search.linked import having, search_for
from ereader.search.parser import parse
from ereader.search.pipeline import list_facet, search
from ereader.search.query_fields import FIELDS, field_named
from ereader.search.request import SearchRequest
from ereader.search.suggest import pieces, suggest
from indexer.document import Display
from indexer.index.fields import BY_NAME


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("red chambre", "red chamber"),
        ("jane eyer", "jane eyre"),
        ("鲁讯传", "鲁迅传"),
        ("红楼孟", "红楼梦"),
        ("author:brontie", "author:bronte"),
        ("dreem NOT stone", "dream NOT stone"),
        ("chambre OR chambre", "chamber OR chamber"),
        ('title:"red chambre"', 'title:"red chamber"'),
        ("author:曹雪琴", "author:曹雪芹"),
        ("hognloumeng", "红楼梦"),
    ],
)
def test_a_spelling_one_step_away_is_offered_when_it_finds_something(ask, typed: str, meant: str) -> None:
    assert meant in ask(typed).suggestions


@pytest.mark.parametrize(
    "typed",
    [
        "红楼梦",
        "dream",
        "language",
        "",
        "year:1990..",
        "zzzzqqqq",
        "comput*",
        "title:zzzz",
        "NOT dream",
        "的",
    ],
)
def test_no_other_spelling_where_there_are_hits_or_nothing_is_near(ask, typed: str) -> None:
    assert ask(typed).suggestions == ()


@pytest.mark.parametrize(
    ("typed", "params", "code"),
    [
        ("红楼梦", {"type": "map"}, "all-types"),
        ("红楼梦", {"year": "2020-2021"}, "without-filters"),
        ("红楼梦", {"scope": "L:nowhere"}, "everywhere"),
        ("红楼梦", {"in": "series"}, "all-fields"),
        ('"梦红楼"', {}, "without-quotes"),
        ("鲁迅 chamber", {}, "any-word"),
        ("NOT WITHOUT MY DAUGHTER", {}, "plain-words"),
        ("红楼梦", {"type": "book", "year": "2020-2021"}, "without"),
        ("", {"type": "map", "year": "2020-2021"}, "without"),
    ],
)
def test_where_nothing_is_found_a_search_is_offered_that_does(everyone, engine, typed, params, code) -> None:
    request = SearchRequest.from_params([("q", typed), *params.items()])
    results = search(request, everyone, engine)
    assert results.total == 0
    offered = {rescue.code: rescue for rescue in results.rescues}
    assert search(offered[code].request, everyone, engine).total == offered[code].total > 0


def test_suggestions_are_texts_of_the_view_by_characters_or_pinyin(everyone, member, engine) -> None:
    def texts(typed: str, view=everyone) -> set[str]:
        return {s.text for s in suggest(typed, view, engine)}

    assert "红楼梦" in texts("红楼")
    assert "红楼梦" in texts("《紅樓")
    assert "红楼梦" in texts("honglou")
    assert "红楼梦" in texts("hlm")
    assert "Brontë, Charlotte" in texts("bront")
    assert "红楼梦秘本" not in texts("红楼")
    assert "红楼梦秘本" in texts("红楼", member)


@pytest.mark.parametrize("typed", ["", " ", "\x00", "《》", "\ud800", "(" * 6000, "*", "家" * 500])
def test_suggestions_take_anything(everyone, engine, typed: str) -> None:
    assert suggest(typed, everyone, engine, size=10**9) == ()


@pytest.mark.parametrize(
    ("typed", "params", "kinds"),
    [
        ("红楼", {"field": "title"}, {"title", "journal"}),
        ("红楼", {"field": "author"}, set()),
        ("cao", {"field": "author"}, {"name"}),
        ("红楼", {"field": "isbn"}, set()),
        ("红楼", {"types": ("article",)}, {"title", "journal"}),
        ("红楼", {"types": ("map",)}, set()),
    ],
)
def test_suggestions_respect_the_field_and_the_channel(everyone, engine, typed, params, kinds) -> None:
    assert {s.kind for s in suggest(typed, everyone, engine, **params)} == kinds


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("红楼", "《紅樓夢》研究", "《[紅樓]夢》研究"),
        ("honglou", "红楼梦", "[红楼]梦"),
        ("hong l", "红楼梦", "[红楼]梦"),
        ("hlm", "红楼梦研究", "[红楼梦]研究"),
        ("红lou", "红楼梦", "[红楼]梦"),
        ("楼梦", "红楼梦研究", "红[楼梦]研究"),
        ("char", "Brontë, Charlotte", "Brontë, [Char]lotte"),
        ("bronte ch", "Brontë, Charlotte", "[Brontë, Ch]arlotte"),
        ("charlotte bront", "Brontë, Charlotte", "[Bront]ë, [Charlotte]"),
        ("natrue", "Nature", "Nature"),
        ("", "Nature", "Nature"),
    ],
)
def test_what_was_typed_is_marked_in_a_suggestion(typed: str, text: str, marked: str) -> None:
    cut = pieces(typed, text)
    assert "".join(cut) == text
    assert "".join(f"[{piece}]" if n % 2 else piece for n, piece in enumerate(cut)) == marked


def test_suggestions_of_one_kind(everyone, engine) -> None:
    found = suggest("红楼", everyone, engine, kind="journal")
    assert {(s.text, s.kind) for s in found} == {("红楼梦学刊", "journal")}


def marks(typed: str, **members: object) -> dict[str, str]:
    shown = Display(type="book", **{"title": "-", **members})  # type: ignore[arg-type]
    return {
        k: v.replace(START, "[").replace(END, "]") for k, v in highlights(parse(typed).tree, shown).items()
    }


@pytest.mark.parametrize(
    ("typed", "title", "marked"),
    [
        ("红楼梦", "紅樓夢研究", "[紅樓夢]研究"),
        ("紅樓夢", "红楼梦研究", "[红楼梦]研究"),
        ("妇女婚姻", "近代妇女的社会地位与婚姻", "近代[妇女]的社会地位与[婚姻]"),
        ("梦楼", "红楼梦", "红[楼梦]"),
        ("etudes", "Études sur l'amour", "[Études] sur l'amour"),
        ("amour", "Études sur l'amour", "Études sur [l'amour]"),
        ("comput*", "Computing and computers", "[Computing] and [computers]"),
        ("wom?n", "Women and woman", "[Women] and [woman]"),
        ('"red chamber"', "Red dream of the red chamber", "Red dream of the [red] [chamber]"),
        ("red chamber", "Red dream of the red chamber", "[Red] dream of the [red] [chamber]"),
        ("C++", "The C++ language and C", "The [C++] language and C"),
        ("ＡＢＣ", "abc ＡＢＣ", "[abc] [ＡＢＣ]"),
        ("한국", "한국문학", "[한국]문학"),
        ("カタ", "かたかなカタカナ", "[かた]かな[カタ]カナ"),
        ("𠀀", "a𠀀b", "a[𠀀]b"),
        ("title:红楼 author:梦", "红楼梦", "[红楼]梦"),
    ],
)
def test_marks_stand_around_what_matched(typed: str, title: str, marked: str) -> None:
    assert marks(typed, title=title)["title"] == marked


def test_marks_leave_the_text_as_it_is() -> None:
    title = "《紅樓夢》 — l'été; café\u0301 \U00020000"
    marked = marks("红楼梦 ete cafe", title=title)["title"]
    assert marked.replace("[", "").replace("]", "") == title


def test_nothing_is_marked_for_what_is_not_wanted_or_another_field() -> None:
    assert marks("NOT 红楼", title="红楼梦") == {}
    assert marks("author:红楼", title="红楼梦", contributors=("红楼主人",)) == {"contributors": "[红楼]主人"}
    assert marks("的", abstract="家", title="b") == {}


def test_marks_in_the_data_itself_do_not_count() -> None:
    assert marks("红楼", title=f"红{START}楼{END}梦") == {"title": "[红楼]梦"}


def test_why_a_hit_stands_where_it_stands() -> None:
    shown = Display(type="book", title="紅樓夢", contributors=("曹雪芹",))
    assert why(parse("红楼梦").tree, shown) == ("title-exact",)
    assert why(parse("红楼").tree, shown) == ("title-begins",)
    assert why(parse("楼梦").tree, shown) == ("title-phrase",)
    assert why(parse("梦红").tree, shown) == ("title-words",)
    assert why(parse("曹雪芹").tree, shown) == ("author",)
    assert why(parse("别的").tree, shown) == ("elsewhere",)


@pytest.mark.parametrize(
    "value",
    ["曹雪芹", "Brontë, Charlotte", 'a "quoted" name', "x AND y: (z)", "-a", "《红楼梦》研究", "\x00"],
)
def test_a_value_of_a_record_is_searched_as_one_phrase(value: str) -> None:
    request = search_for("author", value)
    tree = parse(request.q, request.field).tree
    assert getattr(tree, "field", "author") == "author"
    assert type(tree).__name__ in ("Phrase", "Words")
    assert SearchRequest.from_params(request.to_params()) == request


def test_a_linked_value_finds_its_record(everyone, engine) -> None:
    for request, id in (
        (search_for("author", "Brontë, Charlotte"), "bronte"),
        (search_for("subject", "章回小说--中国--清代"), "hlm"),
        (search_for("isbn", "9787020002207"), "hlm"),
        (search_for("title", "“五四”运动史"), "wusi"),
        (search_for("doi", "10.1016/s0140-6736(04)17441-2"), "lancet"),
        (having("type", "rubbing"), "qin"),
    ):
        assert [hit.id for hit in search(request, everyone, engine).hits] == [id]


def test_the_answer_has_every_key_of_the_interface_and_is_json(everyone, engine) -> None:
    request = SearchRequest.from_params([("q", "红楼梦"), ("f.language", "zho")])
    data = json.loads(
        json.dumps(answer(search(request, everyone, engine), request, lambda name, value: f"{name}={value}"))
    )
    assert {"total", "page", "size", "hits", "facets", "query", "suggestions", "next_cursor"} <= set(data)
    assert {"id", "type", "title", "contributors", "year", "libraries", "highlights"} <= set(data["hits"][0])
    assert {"text", "understood"} <= set(data["query"])
    assert data["facets"]["language"] == [
        {"value": "zho", "label": "language=zho", "count": 4, "selected": True}
    ]
    assert data["facets"]["type"][0] == {"value": "book", "label": "type=book", "count": 2}
    assert data["hits"][0]["highlights"]["title"].startswith("<mark>")


def test_highlights_in_the_answer_are_safe_html() -> None:
    from ereader.search.answer import marked_up

    assert marked_up(f"<script>{START}a{END}") == "&lt;script&gt;<mark>a</mark>"


def test_the_answer_of_a_facet(everyone, engine) -> None:
    facet = list_facet(SearchRequest(), everyone, engine, "language", limit=2)
    data = facet_answer(facet, lambda _, value: value.upper())
    assert data == {
        "values": [
            {"value": "eng", "label": "ENG", "count": 11},
            {"value": "zho", "label": "ZHO", "count": 10},
        ],
        "more": True,
    }
    assert facet_answer(None, lambda _, value: value) == {"values": [], "more": False}


def test_every_facet_and_field_is_one_of_the_index() -> None:
    assert {*FACETS, *UNLISTED} == {"title", *(name for name, field in BY_NAME.items() if field.facet)}
    assert set(SHOWN) == set(FACETS) - {"type"}
    assert set(FIELDS) == {name for name, field in BY_NAME.items() if field.typed}


def test_every_further_name_of_a_field_belongs_to_a_field_and_to_one_only() -> None:
    import tomllib
    from importlib.resources import files

    further = tomllib.loads((files("ereader.search") / "query_fields.toml").read_text(encoding="utf-8"))
    assert set(further) <= set(FIELDS)
    for field, names in further.items():
        assert {name: field_named(name) for name in names} == dict.fromkeys(names, field)
