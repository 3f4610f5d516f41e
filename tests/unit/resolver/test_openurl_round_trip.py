"""What is written is read again as it was, and nothing that comes in makes the reader fail."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from resolver.context_object import FORMATS, VERSION, ContextObject, Entity
from resolver.kev import write_coins, write_kev
from resolver.parse import LONGEST, parse
from resolver.repair import completeness, repair
from resolver.xml_context import write_xml

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12).map(
    str.strip
)
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join).filter(lambda t: t == " ".join(t.split()) and t)
KEYS = st.sampled_from(("atitle", "title", "btitle", "au", "issn", "date", "pages", "sici", "own_key"))
IDENTIFIERS = st.builds("info:doi/10.1000/{}".format, st.from_regex(r"[!-~]{1,20}", fullmatch=True)).filter(
    lambda i: "%3" not in i.lower() and not i.endswith("/")
)
ENTITIES = st.builds(
    lambda format, metadata, identifiers, private: Entity(
        format if metadata else None,
        {key: tuple(dict.fromkeys(values)) for key, values in metadata.items()},
        tuple({i.lower(): i for i in identifiers}.values()),
        private,
    ),
    st.sampled_from(sorted(FORMATS)),
    st.dictionaries(KEYS, st.lists(TEXTS, min_size=1, max_size=3), max_size=4),
    st.lists(IDENTIFIERS, max_size=3),
    st.none() | TEXTS,
)
CONTEXTS = st.builds(
    lambda rft, rfe, req, svc, sid: ContextObject(
        referent=rft,
        referring_entity=rfe,
        requester=req,
        service_types=(svc,) if svc else (),
        referrers=(f"info:sid/{sid}",),
        admin={"ctx_ver": VERSION, "ctx_id": "7"},
    ),
    ENTITIES.filter(bool),
    ENTITIES,
    ENTITIES,
    ENTITIES,
    st.from_regex(r"[a-z]{1,9}\.example:[a-z]{1,5}", fullmatch=True),
)


def without_transport(context: ContextObject) -> ContextObject:
    admin = {key: value for key, value in context.admin.items() if key in ("ctx_ver", "ctx_id")}
    return msgspec.structs.replace(context, admin=admin)


@given(CONTEXTS)
def test_pairs_say_what_the_context_says(context: ContextObject) -> None:
    assert without_transport(parse(write_kev(context)).context) == context


@given(CONTEXTS)
def test_xml_says_what_the_context_says(context: ContextObject) -> None:
    assert without_transport(parse(write_xml(context)).context) == context


@given(CONTEXTS)
def test_a_span_says_what_the_context_says(context: ContextObject) -> None:
    from html import escape

    span = f'<p><span class="Z3988" title="{escape(write_coins(context))}"></span></p>'
    assert parse(span).context.referent == context.referent
    assert parse(span).context.referrers == context.referrers


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    for prefix in (b"", b"rft.date=", b"rft.isbn=", b"pages=", b"url_ctx_val=", b"<", b"rft_val_fmt="):
        parsed = parse(prefix + data)
        citation, _ = repair(parsed.context)
        assert 0 <= completeness(citation) <= 1
        msgspec.json.encode(parsed)


def test_what_is_huge_is_cut_and_told() -> None:
    parsed = parse("genre=book&title=A&" + "x" * LONGEST)
    assert parsed.context.referent.metadata["title"] and "too-long" in {p.code for p in parsed.problems}
    many = parse("&".join(f"rft.k{n}=v" for n in range(5000)))
    assert len(many.context.referent.metadata) <= 500
    assert "too-many-keys" in {p.code for p in many.problems}
    deep = parse("<a>" * 50_000)
    assert {p.code for p in deep.problems} == {"xml-refused"}


def test_one_context_inside_another_is_opened_only_so_often() -> None:
    from urllib.parse import quote

    link = "rft.btitle=A"
    for _ in range(6):
        link = f"url_ctx_val={quote(link, safe='')}"
    assert parse(link).context.referent.metadata == {}
