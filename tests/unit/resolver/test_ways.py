"""Which ways stay, in which order, through which proxy, and how long anyone is waited for."""

from __future__ import annotations

from datetime import date
from threading import Event
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import HANGS, not_hung

from indexer.records.record import Identifier, Record, Relation
from resolver.citation import Citation
from resolver.enrich import enriched
from resolver.knowledge_base.coverage import Coverage
from resolver.knowledge_base.holdings import Offer, Package
from resolver.knowledge_base.terms import Asker, Terms
from resolver.plugins import services
from resolver.proxy import proxied
from resolver.rank import rank_key
from resolver.resolve import BREAKS_AFTER, Resolver
from resolver.roll_up import contains, roll_up
from resolver.service import Answer, Found, HeldBy, LeftOut, Place, Said, Wanted
from resolver.services.record_links import is_open

TODAY = date(2026, 11, 21)
PROXY = "https://proxy.example/login?url="


def text(label: str, **more: Any) -> Answer:
    return Answer("s", "fulltext", label, more.pop("url", f"https://{label}.example/"), "licensed", **more)


def extent(first: str = "", last: str = "", embargo: str = "") -> Coverage:
    return Coverage(first_date=first, last_date=last, embargo=embargo)


def test_free_and_direct_come_first_then_the_own_then_others() -> None:
    best_first = [
        text("a", free=True, direct=True, own=True),
        text("b", free=True, direct=True),
        text("c", free=True, own=True),
        text("d", free=True),
        text("e", licensed=True, direct=True),
        text("f", licensed=True),
        text("g", free=True, direct=True, match="unsure"),
        Answer("s", "holding", "own", "/record/1", "own-holding", own=True),
        Answer("s", "holding", "other", "/record/1", "other-holding"),
        Answer("s", "document_delivery", "", "https://ill.example/", "ill-nobody-here"),
        Answer("s", "landing", "h", "https://h.example/", "record-link"),
        Answer("s", "help", "", "mailto:a@b.example", "ask-librarian"),
        Answer("s", "web_link", "", "https://web.example/", "last-resort"),
    ]
    assert sorted([*best_first[6:], *best_first[:6]], key=rank_key) == best_first


@pytest.mark.parametrize(
    ("outer", "inner", "inside"),
    [
        (extent("1990", "2000"), extent("1991", "1999"), True),
        (extent("1990", "2000"), extent("1990-05", "2000-06"), True),
        (extent("1990", ""), extent("1991", "2005"), True),
        (extent("", ""), extent("1991", ""), True),
        (extent("1990", "2000"), extent("1991", ""), False),
        (extent("1990", "2000"), extent("", "1999"), False),
        (extent("1990", "2000"), extent("1989", "1999"), False),
        (extent("1990", "2000"), extent("1991", "2001"), False),
        (extent("1990", "", "P1Y"), extent("1991", ""), False),
        (extent("1990", ""), extent("1991", "", "P1Y"), True),
        (extent("1990", "", "P1Y"), extent("1990", "", "P1Y"), True),
        (Coverage(first_date="1990", first_volume="5"), Coverage(first_date="1990", first_volume="6"), True),
        (Coverage(first_date="1990", first_volume="6"), Coverage(first_date="1990", first_volume="5"), False),
    ],
)
def test_one_extent_lies_inside_another(outer: Coverage, inner: Coverage, inside: bool) -> None:
    assert contains(outer, inner) is inside


def labels(answers: list[Answer], *, dated: bool) -> list[str]:
    return [answer.label for answer in roll_up(answers, dated, rank_key)[0]]


def test_on_one_platform_a_target_inside_another_goes_and_years_of_its_own_stay() -> None:
    wide, narrow = (
        text("wide", platform="p", extent=extent("1990", "2010")),
        text("narrow", platform="p", extent=extent("1995", "2000")),
    )
    later = text("later", platform="p", extent=extent("2005", "2020"))
    elsewhere = text("elsewhere", platform="q", extent=extent("1995", "2000"))
    assert labels([narrow, wide, later, elsewhere], dated=False) == ["wide", "later", "elsewhere"]
    _, out = roll_up([narrow, wide], False, rank_key)
    assert out == [LeftOut("narrow", "same-platform", (("other", "wide"),), for_staff=True)]


def test_for_one_article_one_target_of_a_platform_is_enough() -> None:
    one, other = (
        text("one", platform="p", extent=extent("1990", "2010")),
        text("two", platform="p", extent=extent("2005", "2020")),
    )
    assert labels([one, other], dated=True) == ["one"]


def test_what_is_free_or_direct_is_not_lost_to_what_is_neither() -> None:
    licensed = text("licensed", platform="p", licensed=True, direct=True, extent=extent("1990", ""))
    free = text("free", platform="p", free=True, extent=extent("1995", ""))
    assert labels([licensed, free], dated=True) == ["licensed", "free"]
    assert labels([licensed, free], dated=False) == ["licensed", "free"]


def test_one_address_is_offered_once() -> None:
    same = Answer("records", "landing", "doi.org", "https://a.example/", "record-link")
    assert labels([same, text("a", licensed=True)], dated=True) == ["a"]


def package(name: str = "P", **terms: Any) -> Package:
    return Package(name, "", Terms(**terms))


def offer(package: Package, url: str = "https://p.example/t", **more: Any) -> Offer:
    values = {"free": False, "depth": "fulltext", "extent": extent("1990"), "exact": True, **more}
    return Offer(package, "Soils", "serial", "t1", url, **values)


ARTICLE = Citation(kind="article", title="On moss", issn="1234-5679", date="2001", volume="3", spage="7")


def wanted(*offers: Offer, address: str = "203.0.113.9", citation: Citation = ARTICLE, **more: Any) -> Wanted:
    place = more.pop(
        "place", Place("pku", "mailto:desk@pku.example", "https://ill.example/?a=b", PROXY, ("192.0.2.0/24",))
    )
    asker = Asker(more.pop("library", "pku"), address=address, today=TODAY)
    return Wanted(citation=citation, asker=asker, place=place, offers=offers, **more)


def ways(question: Wanted) -> Any:
    return Resolver(services()).resolve(question)


def test_a_proxy_stands_only_before_what_is_licensed_and_only_for_readers_elsewhere() -> None:
    url = "https://p.example/t"
    (first, *_) = ways(wanted(offer(package()))).answers
    assert first.proxied and first.url == PROXY + "https%3A%2F%2Fp.example%2Ft"
    for question in (
        wanted(offer(package()), address="192.0.2.7"),
        wanted(offer(package(networks=("203.0.113.0/24",)))),
        wanted(offer(package(proxied=False))),
        wanted(offer(package(), free=True)),
        wanted(offer(package()), place=Place("pku")),
        wanted(offer(package()), place=Place("pku", proxy="javascript:alert(1)//")),
    ):
        (first, *_) = ways(question).answers
        assert not first.proxied and first.url == url


def test_links_of_records_never_go_through_a_proxy() -> None:
    held = HeldBy("pku", "PKU", links=("https://arxiv.org/abs/1", "https://publisher.example/1"))
    found = ways(wanted(records=(Found("u", "On moss", "exact", True, "/record/u", (held,)),))).answers
    assert [(a.url, a.proxied, a.free) for a in found[:2]] == [
        ("https://arxiv.org/abs/1", False, True),
        ("https://publisher.example/1", False, False),
    ]


SICI = st.from_regex(
    r"10\.1002/\(SICI\)[0-9]{4}-[0-9]{4}\([0-9]{4}\)[0-9]:[0-9]<[0-9]+::AID-[A-Z]{3}>3\.0\.CO;2-[A-Z]",
    fullmatch=True,
)


@given(SICI | st.text(max_size=40), st.sampled_from((PROXY, "https://proxy.example/go?url={url}&x=1")))
def test_a_proxied_address_comes_out_of_the_proxy_as_it_went_in(tail: str, prefix: str) -> None:
    from urllib.parse import quote

    url = f"https://p.example/doi/{quote(tail, safe='')}?a=1&amp=2&b=%26"
    link = proxied(prefix, url)
    assert urlsplit(link).netloc == "proxy.example"
    assert parse_qs(urlsplit(link).query)["url"] == [url]
    assert unquote(link.partition("url=")[2].partition("&x=1")[0]) == url


@pytest.mark.parametrize(
    ("given", "asked", "reason"),
    [
        (offer(package(libraries=("fudan",))), {}, "not-licensed-here"),
        (offer(package(ends=date(2020, 1, 1))), {}, "licence-ended"),
        (offer(package(), depth="abstracts"), {}, "abstracts-only"),
        (offer(package(), extent=extent("2005")), {}, "before-first"),
        (offer(package(), extent=extent("1990", "2000")), {}, "after-last"),
        (offer(package(), extent=extent("1990", embargo="R10Y")), {}, "wall-begins"),
        (offer(package(), url="javascript:alert(1)"), {}, "no-address"),
        (offer(package(), url=""), {}, "no-address"),
    ],
)
def test_a_target_that_does_not_lead_there_says_why(given: Offer, asked: dict[str, Any], reason: str) -> None:
    found = ways(wanted(given, **asked))
    assert all(a.type != "fulltext" for a in found.answers)
    assert [out.reason for out in found.left_out] == [reason]


def test_one_row_of_several_is_enough() -> None:
    found = ways(
        wanted(
            offer(package(), extent=extent("1980", "1985")), offer(package(), extent=extent("2000", "2005"))
        )
    )
    assert [a.extent for a in found.answers if a.type == "fulltext"] == [extent("2000", "2005")]
    assert found.left_out == ()


def test_a_template_leads_to_the_article_itself() -> None:
    (first, *_) = ways(
        wanted(offer(package(templates=("https://p.example/{issn8}/{volume}/{spage}",))), address="192.0.2.7")
    ).answers
    assert first.url == "https://p.example/12345679/3/7" and first.direct
    (first, *_) = ways(
        wanted(offer(package(templates=("https://p.example/{doi}",))), address="192.0.2.7")
    ).answers
    assert first.url == "https://p.example/t" and not first.direct


def test_asking_for_it_is_always_offered_and_the_web_only_where_nothing_leads_there() -> None:
    with_text = ways(wanted(offer(package())))
    assert [a.type for a in with_text.answers] == ["fulltext", "document_delivery", "help"]
    request = with_text.answers[1].url
    assert request.startswith("https://ill.example/?a=b&url_ver=") and parse_qs(request)["rft.issn"] == [
        "1234-5679"
    ]
    assert [a.type for a in ways(wanted()).answers] == ["document_delivery", "help", "web_link"]


def test_the_own_shelf_comes_before_others_and_others_are_named_for_the_request() -> None:
    held = (
        HeldBy("fudan", "Fudan", ("A 1",)),
        HeldBy("pku", "PKU", ("B 2",)),
        HeldBy("sysu", "SYSU", links=("https://x.example/",)),
    )
    found = ways(wanted(records=(Found("u", "On moss", "exact", True, "/record/u", held),)))
    assert [(a.type, a.label) for a in found.answers] == [
        ("holding", "PKU"),
        ("holding", "Fudan"),
        ("document_delivery", ""),
        ("landing", "x.example"),
        ("help", ""),
    ]
    assert dict(next(a for a in found.answers if a.type == "document_delivery").values) == {
        "libraries": "Fudan"
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/1",
        "https://www.mdpi.com/1",
        "https://journals.plos.org/x",
        "https://ncbi.nlm.nih.gov/pmc/1",
    ],
)
def test_hosts_that_are_open(url: str) -> None:
    assert is_open(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://notarxiv.org/",
        "https://arxiv.org.evil.example/",
        "https://x.example/arxiv.org",
        "https://ncbi.nlm.nih.gov/pubmed/1",
        "",
        "https://[bad",
    ],
)
def test_hosts_that_are_not(url: str) -> None:
    assert not is_open(url)


class Remote:
    """A service somewhere else, which can hang, lie or fail."""

    types = ("fulltext",)
    wave = 0
    remote = True
    preempted_by: frozenset[str] = frozenset()

    def __init__(
        self, name: str, seconds: float = 60.0, hang: Event | None = None, fail: bool = False, wave: int = 0
    ) -> None:
        self.name, self.seconds, self.hang, self.fail, self.wave, self.asked = (
            name,
            seconds,
            hang,
            fail,
            wave,
            0,
        )

    def ask(self, wanted: Wanted) -> Said:
        self.asked += 1
        if self.hang is not None:
            self.hang.wait(HANGS)
        if self.fail:
            raise RuntimeError("down")
        return Said((text(self.name),))


def test_what_hangs_delays_nobody_beyond_its_time() -> None:
    hang = Event()
    remotes = [Remote(f"slow{n}", seconds=0.2, hang=hang) for n in range(3)]
    resolver = Resolver([*remotes, Remote("quick"), Remote("later", wave=1)])
    with not_hung():
        found = resolver.resolve(wanted(), patience=60)
    assert sorted(found.pending) == ["slow0", "slow1", "slow2"]
    assert {a.label for a in found.answers} == {"quick", "later"}
    hang.set()


def test_one_that_hangs_does_not_take_the_threads_of_the_others() -> None:
    hang = Event()
    resolver = Resolver([Remote("slow", seconds=0.01, hang=hang), Remote("quick")])
    for _ in range(30):
        assert [a.label for a in resolver.resolve(wanted(), patience=60).answers] == ["quick"]
    hang.set()


def test_one_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    broken = Remote("broken", fail=True)
    resolver = Resolver([broken])
    reasons = [resolver.resolve(wanted()).left_out[0].reason for _ in range(BREAKS_AFTER + 3)]
    assert reasons == ["service-failed"] * BREAKS_AFTER + ["service-busy"] * 3
    assert broken.asked == BREAKS_AFTER


def test_a_record_fills_only_what_the_link_left_open() -> None:
    record = Record(
        type="article", title="On moss", year=1999, identifiers=(Identifier("doi", "10.1/x"),),
        relations=(Relation("in", "Soils", (Identifier("issn", "2434-561X"),), "5", "2", "7-9"),),
    )  # fmt: skip
    filled = enriched(Citation(date="2001-05", identifiers=("info:doi/10.1/x",)), record)
    assert (filled.date, filled.issn, filled.volume, filled.spage, filled.epage) == (
        "2001-05",
        "2434-561X",
        "5",
        "7",
        "9",
    )
    assert filled.identifiers == ("info:doi/10.1/x",) and filled.kind == "article"
