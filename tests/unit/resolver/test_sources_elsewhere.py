"""What is asked of other hosts: free copies by DOI, and descriptions that a link only points to."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from waiting import HANGS

from resolver.by_reference import fetched, listed, references
from resolver.citation import Citation
from resolver.knowledge_base.terms import Asker
from resolver.parse import parse
from resolver.probe import verdict
from resolver.rank import rank_key
from resolver.resolve import Resolver, with_citation
from resolver.service import Answer, Found, HeldBy, Place, Said, Wanted
from resolver.services.beside import BESIDE, COURSE_RESERVE
from resolver.services.citations import Citations
from resolver.services.open_access import OpenAccess

ADDRESS = "https://oa.example/v2/{doi}?email=a@b.example"
SICI = "10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O"


def copy(url: str, place: str = "repository", version: str = "", pdf: bool = False) -> dict[str, Any]:
    return {
        "url": url,
        "url_for_pdf": url if pdf else None,
        "host_type": place,
        "version": version,
        "license": None,
    }


class Source:
    def __init__(self, answer: object, status: int = 200) -> None:
        self.body, self.status, self.asked = json.dumps(answer).encode(), status, []  # type: ignore[var-annotated]

    def __call__(self, address: str, seconds: float) -> tuple[int, bytes]:
        self.asked.append(address)
        return self.status, self.body


def wanted(doi: str = "10.1000/1", kind: str = "article") -> Wanted:
    return Wanted(
        Citation(kind=kind, identifiers=(f"info:doi/{doi}",)),
        place=Place(proxy="https://proxy.example/?url="),
    )


def test_the_publishers_published_text_comes_before_manuscripts_and_pages() -> None:
    best_first = [
        copy("https://publisher.example/1.pdf", "publisher", "publishedVersion", True),
        copy("https://journal.example/1", "publisher", "publishedVersion"),
        copy("https://repository.example/1.pdf", "repository", "acceptedVersion", True),
    ]
    source = Source({"is_oa": True, "oa_locations": best_first[::-1], "best_oa_location": best_first[0]})
    found = Resolver([OpenAccess(ADDRESS, source)]).resolve(wanted())
    assert [a.url for a in found.answers] == [c["url"] for c in best_first]
    turned = list(found.answers)[::-1]
    assert [a.url for a in sorted(turned, key=rank_key)] == [c["url"] for c in best_first]
    assert all(a.free and not a.proxied and not a.licensed for a in found.answers)


def test_a_doi_with_brackets_is_asked_for_escaped_and_once() -> None:
    source = Source({"is_oa": False})
    service = OpenAccess(ADDRESS, source)
    for _ in range(3):
        assert service.ask(wanted(SICI)).answers == ()
    assert len(source.asked) == 1 and "%3C693" in source.asked[0] and "<" not in source.asked[0]


@pytest.mark.parametrize("answer", [{}, {"is_oa": None}, {"is_oa": True}, {"is_oa": True, "oa_locations": [{}], "best_oa_location": None},
                                    {"is_oa": True, "oa_locations": [copy("javascript:alert(1)")]}])  # fmt: skip
def test_nothing_useful_is_no_answer(answer: object) -> None:
    assert OpenAccess(ADDRESS, Source(answer)).ask(wanted()).answers == ()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ([], 200),
        ("x", 200),
        ({"is_oa": "yes"}, 200),
        ({"is_oa": True, "doi": "10.1/another"}, 200),
        ({}, 429),
        ({}, 302),
    ],
)
def test_a_source_that_lies_or_fails_fails_for_itself_only(answer: object, status: int) -> None:
    found = Resolver([OpenAccess(ADDRESS, Source(answer, status))]).resolve(wanted())
    assert found.answers == () and found.left_out[0].reason == "service-failed"


def test_who_knows_nothing_of_it_is_not_asked() -> None:
    source = Source({"is_oa": True})
    service = OpenAccess(ADDRESS, source)
    assert (
        service.ask(Wanted(Citation(title="x"))).answers == ()
        and service.ask(wanted(kind="journal")).answers == ()
    )
    assert source.asked == []
    assert OpenAccess(ADDRESS, Source({}, 404)).ask(wanted()).answers == ()


KEV = b"rft.atitle=From+there&rft.issn=1234-5679&rft.volume=9"
XML = b'<journal xmlns="info:ofi/fmt:xml:xsd:journal"><atitle>From there</atitle><issn>1234-5679</issn><volume>9</volume></journal>'
CONTEXT = (
    b'<ctx:context-object xmlns:ctx="info:ofi/fmt:xml:xsd:ctx"><ctx:referent><ctx:metadata-by-val>'
    b"<ctx:format>info:ofi/fmt:xml:xsd:journal</ctx:format><ctx:metadata>" + XML + b"</ctx:metadata>"
    b"</ctx:metadata-by-val></ctx:referent></ctx:context-object>"
)


@pytest.mark.parametrize(
    ("link", "body"),
    [
        ("url_ctx_fmt=info:ofi/fmt:kev:mtx:ctx&url_ctx_ref=http://k.example/1", KEV),
        ("url_ctx_fmt=info:ofi/fmt:xml:xsd:ctx&url_ctx_ref=http://k.example/1", CONTEXT),
        ("ctx_ref=http://k.example/1", KEV),
        ("rft_ref_fmt=info:ofi/fmt:kev:mtx:journal&rft_ref=http://k.example/1", KEV),
        (
            "rft_ref_fmt=info:ofi/fmt:kev:mtx:journal&rft_ref=http://k.example/1",
            KEV.replace(b"rft.", b"").replace(b"&", b"\n"),
        ),
        ("rft_ref_fmt=info:ofi/fmt:xml:xsd:journal&rft_ref=http://k.example/1", XML),
    ],
)
def test_a_description_kept_elsewhere_is_read_and_the_link_itself_believed_before_it(
    link: str, body: bytes
) -> None:
    for more, volume in (("", "9"), ("&rft.volume=3", "3")):
        found = fetched(parse(link + more), ("k.example",), lambda *_: (200, body))
        metadata = found.context.referent.metadata
        assert metadata["atitle"] == ("From there",) and metadata["volume"] == (volume,)
        assert found.context.referent.format == "journal" and "by-reference" not in [
            p.code for p in found.problems
        ]


def test_only_listed_hosts_are_asked() -> None:
    asked = []

    def fetch(address: str, seconds: float) -> tuple[int, bytes]:
        asked.append(address)
        return 200, KEV

    for address in (
        "http://k.example.evil.example/", "http://evil.example/#k.example", "http://k.example@evil.example/", "file:///etc/passwd",
        "http://user:x@k.example/", "ftp://k.example/", "http://[::1]/", "http://", "//k.example/", "http://sub.k.example/", "http://[/",
    ):  # fmt: skip
        found = fetched(parse("rft_ref=" + address.replace("#", "%23")), ("k.example",), fetch)
        assert "by-reference-refused" in [p.code for p in found.problems], address
    assert asked == []
    assert listed("https://sub.k.example/x", (".k.example",)) and not listed(
        "https://k.example/x", (".k.example",)
    )


def test_whatever_comes_back_the_link_is_still_a_link() -> None:
    def broken(address: str, seconds: float) -> tuple[int, bytes]:
        raise OSError("gone")

    link = parse("rft_ref=http://k.example/&rft.atitle=Here")
    for fetch in (
        broken,
        lambda *_: (500, b""),
        lambda *_: (200, b"<!DOCTYPE x><x/>"),
        lambda *_: (200, b"\xff\x00" * 99),
    ):
        assert fetched(link, ("k.example",), fetch).context.referent.metadata["atitle"] == ("Here",)
    assert references(parse("rft.atitle=x")) == []


def record(**more: Any) -> Wanted:
    held = HeldBy("pku", "PKU", **more)
    return Wanted(
        Citation(title="T"),
        asker=Asker("pku"),
        records=(Found("u", "T", "exact", True, "/record/u", (held,)),),
    )


def test_contents_preview_and_cover_are_answers_of_their_own() -> None:
    links = (
        ("contents", "https://c.example/toc"), ("preview", "https://c.example/look"), ("cover", "https://c.example/c.jpg"),
        ("related", "https://c.example/r"), ("contents", "javascript:x"),
    )  # fmt: skip
    found = BESIDE.ask(record(beside=links)).answers
    assert [a.type for a in found] == ["table_of_contents", "excerpt", "cover"] and all(a.own for a in found)


def test_a_course_reserve_names_the_course() -> None:
    (found,) = COURSE_RESERVE.ask(record(courses=("算法设计",))).answers
    assert (found.type, found.own, dict(found.values)["course"]) == ("course_reserve", True, "算法设计")


@pytest.mark.parametrize(
    ("status", "said", "means"),
    [(200, "", "reached"), (301, "", "reached"), (403, "", "reached"), (404, "", "failed"), (410, "", "failed"), (503, "", "failed"),
     (0, "late", "failed"), (0, "unreachable", "failed"), (0, "refused", "unknown"), (0, "busy", "unknown"), (0, "too-large", "reached")],
)  # fmt: skip
def test_what_an_answer_to_a_probe_means(status: int, said: str, means: str) -> None:
    assert verdict(status, said) == means


WORK = {
    "DOI": "10.1000/1",
    "type": "journal-article",
    "title": ["On <i>moss</i> &amp; stones"],
    "container-title": ["Journal of Moss"],
    "ISSN": ["1234-5679", "2434-561X"],
    "volume": "7",
    "issue": "2",
    "page": "12-15",
    "issued": {"date-parts": [[2015, 3, 4]]},
    "author": [{"family": "Fern", "given": "Ada"}, {"family": "Other"}],
    "publisher": "Moss Press",
}
REGISTRY = "https://registry.example/works/{doi}"


def test_a_registry_fills_gaps_and_changes_nothing_that_was_said() -> None:
    asked = wanted()
    asked = msgspec.structs.replace(asked, citation=msgspec.structs.replace(asked.citation, volume="9"))
    course = Resolver([Citations(REGISTRY, Source({"message": WORK}))])
    seen: list[Citation] = []

    def learn(before: Wanted, citation: Citation) -> Wanted:
        seen.append(citation)
        return with_citation(before, citation)

    assert course.resolve(asked, learn=learn, patience=HANGS).pending == ()
    (citation,) = seen
    assert citation.title == "On moss & stones" and citation.author == "Fern, Ada"
    assert (citation.issn, citation.eissn, citation.volume) == ("1234-5679", "2434-561X", "9")
    assert (citation.spage, citation.epage, citation.date, citation.month) == ("12", "15", "2015-03-04", 3)


def test_services_of_this_machine_are_asked_again_by_what_was_learnt() -> None:
    class Local:
        name, types, wave, remote, seconds = "local", ("fulltext",), 0, False, 0.0
        preempted_by: frozenset[str] = frozenset()

        def ask(self, wanted: Wanted) -> Said:
            issn = wanted.citation.issn
            return Said(
                (Answer("local", "fulltext", issn, "https://a.example/", "licensed"),) if issn else ()
            )

    services: list[Any] = [Local(), Citations(REGISTRY, Source({"message": WORK}))]
    found = Resolver(services).resolve(wanted(), patience=HANGS)
    assert [a.label for a in found.answers] == ["1234-5679"]


def test_a_registry_is_asked_once_and_only_for_what_is_open() -> None:
    source = Source({"message": {**WORK, "DOI": SICI}})
    service = Citations(REGISTRY, source)
    for _ in range(3):
        assert service.ask(wanted(SICI)).known is not None
    assert len(source.asked) == 1 and "%3C693" in source.asked[0]
    whole = Citation(kind="article", title="T", container_title="J", issn="1234-5679", date="2001", volume="1",
                     issue="1", spage="1", author="A", identifiers=("info:doi/10.1000/1",))  # fmt: skip
    assert service.ask(Wanted(whole)).known is None and service.ask(Wanted(Citation(title="T"))).known is None
    assert len(source.asked) == 1


@pytest.mark.parametrize(
    "work",
    [{}, {"title": None}, {"title": [None, 3]}, {"issued": {"date-parts": [[None]]}}, {"issued": "2001"},
     {"author": [{}]}, {"author": "x"}, {"ISSN": {}}, {"page": 3}, {"type": ["x"]}, {"title": ["\x00\u202e"]}],
)  # fmt: skip
def test_a_work_of_any_other_form_says_nothing(work: dict[str, Any]) -> None:
    said = Citations(REGISTRY, Source({"message": work})).ask(wanted()).known
    assert said is None or not (said.title or said.date or said.author or said.issn)


@pytest.mark.parametrize(
    ("answer", "status"), [({"message": {**WORK, "DOI": "10.1000/2"}}, 200), ([], 200), ("x", 200), ({}, 500), ({}, 302)]
)  # fmt: skip
def test_a_registry_that_lies_or_fails_is_a_failure_of_its_own(answer: object, status: int) -> None:
    resolver = Resolver([Citations(REGISTRY, Source(answer, status))])
    found = resolver.resolve(wanted(), patience=HANGS)
    assert [out.reason for out in found.left_out] == ["service-failed"]
    assert resolver.circuits()[0].failed == 1


def test_what_a_registry_does_not_know_is_no_failure() -> None:
    resolver = Resolver([Citations(REGISTRY, Source({}, 404))])
    assert resolver.resolve(wanted(), patience=HANGS).left_out == ()
