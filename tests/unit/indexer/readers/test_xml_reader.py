"""XML files of many kinds cut into records."""

from __future__ import annotations

import io

import pytest

from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.xml import READER

OAI = (
    b'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    b'<request metadataPrefix="oai_dc">x</request>'
    b"<ListRecords>%s</ListRecords></OAI-PMH>"
)


def oai_record(number: int) -> bytes:
    return (
        b"<record><header><identifier>oai:x:%d</identifier><datestamp>2020-01-01</datestamp></header>"
        b"<metadata>"
        b'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        b"<dc:title>T%d</dc:title></oai_dc:dc></metadata></record>\n" % (number, number)
    )


def read(data: bytes, profile: Profile | None = None) -> list[Raw]:
    code, _ = READER.sniff(data[:65536], "file.xml")
    return list(READER.read(io.BytesIO(data), code, "file.xml", profile or Profile()))


def codes(raws: list[Raw]) -> list[str]:
    return [problem.code for raw in raws for problem in raw.problems]


def test_records_of_an_oai_answer_carry_their_header_and_namespaces() -> None:
    data = OAI % b"".join(oai_record(n) for n in range(3))
    raws = read(data)
    assert [raw.format for raw in raws] == ["oai-dc"] * 3
    assert [raw.position for raw in raws] == [1, 2, 3]
    assert raws[1].data.startswith(
        b'<record xmlns="http://www.openarchives.org/OAI/2.0/"><header><identifier>oai:x:1<'
    )
    assert data[raws[1].offset :].startswith(b"<record><header><identifier>oai:x:1<")


@pytest.mark.parametrize(
    ("damage", "with_what"),
    [
        (b"</dc:title>", b""),
        (b"T2", b"T<x y"),
        (b"<metadata>", b"<metadata <"),
    ],
)
def test_after_a_damaged_record_reading_goes_on_at_the_next(damage: bytes, with_what: bytes) -> None:
    records = [oai_record(n) for n in range(5)]
    records[2] = records[2].replace(damage, with_what)
    raws = read(OAI % b"".join(records))
    good = [raw for raw in raws if raw.data]
    assert [raw.data.count(b"T%d<" % n) for raw, n in zip(good, (0, 1, 3, 4), strict=True)] == [1, 1, 1, 1]
    (fault,) = [raw for raw in raws if not raw.data]
    assert fault.position == 3
    assert fault.problems[0].severity == "error"
    assert "line 3" in fault.problems[0].message


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (b"T2 & co < 5", b"T2 &amp; co &lt; 5"),
        (b"T2 &amp; A&B", b"T2 &amp; A&amp;B"),
        (b"T2&nbsp;caf&eacute;", "T2\u00a0café".encode()),
        (b"T2 &house;", b"T2 &amp;house;"),
        (b"T2 caf\xe9", "T2 café".encode()),
        (b"T2 " + "书名题解".encode("gb18030"), "T2 书名题解".encode()),
        (b"T\x0b2", b"T 2"),
        (b"T2 &#1;", b"T2  "),
        (b"T2 <?xml version='1.0'?>", b"T2 "),
    ],
)
def test_what_is_plainly_meant_is_mended(written: bytes, read_as: bytes) -> None:
    records = [oai_record(n) for n in range(4)]
    records[2] = records[2].replace(b"T2", written)
    raws = read(OAI % b"".join(records))
    assert all(raw.data for raw in raws) and len(raws) == 4
    assert b">" + read_as + b"<" in raws[2].data
    assert {p.code for raw in raws for p in raw.problems} <= {"xml-mended"}
    assert [raw.position for raw in raws] == [1, 2, 3, 4]


def test_an_unescaped_sign_around_the_records_is_mended() -> None:
    data = (OAI % b"".join(oai_record(n) for n in range(2))).replace(
        b"<ListRecords>", b"<request>http://e.org/?a=1&b=2&c</request><ListRecords>"
    )
    assert [bool(raw.data) for raw in read(data)] == [True, True]


def test_a_file_may_begin_with_another_instruction_than_the_declaration() -> None:
    data = b"<?xml-model href='x.rng'?><TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader/></TEI>"
    assert READER.sniff(data, "x.xml")[0] == "tei"


def test_blanks_before_the_declaration_do_no_harm() -> None:
    data = OAI % oai_record(1)
    declared = data if data.startswith(b"<?xml") else b"<?xml version='1.0'?>" + data
    assert [bool(raw.data) for raw in read(b"\xef\xbb\xbf\r\n  " + declared)] == [True]


def test_a_truncated_file_gives_the_records_before_the_end() -> None:
    data = OAI % b"".join(oai_record(n) for n in range(4))
    raws = read(data[:-200])
    assert [bool(raw.data) for raw in raws] == [True, True, True, False]
    assert codes(raws) == ["xml-truncated"]


def test_faults_without_end_are_given_up() -> None:
    raws = read(OAI % (b"<record><header></x></record>" * 3000))
    assert len(raws) < 1100
    assert raws[-1].problems[0].code == "xml-given-up"


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]>',
        b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://localhost/x.dtd">%p;]>',
    ],
)
def test_a_document_that_declares_entities_is_refused(declaration: bytes) -> None:
    data = b"<?xml version='1.0'?>" + declaration + b"<mods><titleInfo><title>&x;</title></titleInfo></mods>"
    raws = read(data)
    assert [raw.data for raw in raws] == [b""]
    assert raws[0].problems[0].code == "xml-dtd"


def test_a_dtd_that_is_only_named_is_passed_over_with_a_remark() -> None:
    data = (
        b'<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96)//EN" "JATS.dtd">'
        b"<article><front><article-meta><title-group>"
        b"<article-title>A &alpha; &bogus;b &amp; c</article-title></title-group>"
        b"</article-meta></front><body><p>text</p></body></article>"
    )
    (raw,) = read(data)
    assert raw.format == "jats"
    assert "A α b &amp; c".encode() in raw.data
    assert [problem.code for problem in raw.problems] == ["xml-dtd-ignored", "xml-entity-unknown"]
    assert b"<p>text" not in raw.data


def test_elements_nested_too_deep_end_the_reading() -> None:
    assert codes(read(b"<mods>" + b"<a>" * 5000)) == ["xml-depth"]


def test_deleted_headers_are_records() -> None:
    raws = read(OAI % b'<record><header status="deleted"><identifier>oai:x:9</identifier></header></record>')
    assert [raw.format for raw in raws] == ["oai-dc"]
    listed = read(
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListIdentifiers>'
        b'<header status="deleted"><identifier>a</identifier></header><header><identifier>b</identifier>'
        b"</header>"
        b"</ListIdentifiers></OAI-PMH>"
    )
    assert [raw.format for raw in listed] == ["oai-dc", "oai-dc"]


def test_an_oai_answer_without_records_is_no_fault() -> None:
    answer = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="noRecordsMatch"/></OAI-PMH>'
    assert read(answer) == []


@pytest.mark.parametrize(
    "marc",
    [
        b'<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam</leader></record>'
        b"</collection>",
        OAI.replace(b"oai_dc", b"marc21")
        % b'<record><header/><metadata><record xmlns="http://www.loc.gov/MARC21/slim"><leader/></record></metadata></record>',
        OAI.replace(b'"oai_dc"', b'"marc21"') % b"",
        b"<collection><record><leader>00000nam</leader><datafield/></record></collection>",
    ],
)
def test_marcxml_is_left_to_its_own_reader(marc: bytes) -> None:
    assert READER.sniff(marc, "x.xml") == ("", 0.0)


def test_unknown_xml_is_reported_with_its_first_element() -> None:
    (raw,) = read(b"<catalogue><entry/></catalogue>")
    assert raw.problems[0].code == "xml-no-records"
    assert "catalogue" in raw.problems[0].message


@pytest.mark.parametrize(
    ("data", "formats"),
    [
        (
            b'<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods/><mods ID="x>y"/></modsCollection>',
            ["mods", "mods"],
        ),
        (b'<m:mods xmlns:m="http://www.loc.gov/mods/v3"><m:titleInfo/></m:mods>', ["mods"]),
        (
            b'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><TEI><teiHeader/></TEI><TEI><teiHeader/></TEI></teiCorpus>',
            ["tei"] * 2,
        ),
        (
            b"<pmc-articleset><article><front/></article><article><front/></article></pmc-articleset>",
            ["jats"] * 2,
        ),
        (
            b'<s:r xmlns:s="http://www.loc.gov/zing/srw/"><s:records><s:record><s:recordData>'
            b'<d:dc xmlns:d="info:srw/schema/1/dc-schema" '
            b'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>X</dc:title></d:dc></s:recordData>'
            b"</s:record></s:records></s:r>",
            ["dc"],
        ),
        (
            b'<all xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/"><a>'
            b"<dc:title>X</dc:title></a>"
            b"<a><t:title>Y</t:title></a></all>",
            ["dc", "qdc"],
        ),
    ],
)
def test_the_records_of_each_vocabulary_are_found(data: bytes, formats: list[str]) -> None:
    assert [raw.format for raw in read(data)] == formats


def test_crossref_deposits_give_every_article_its_journal() -> None:
    raws = read(
        b'<doi_batch xmlns="http://www.crossref.org/schema/4.4.2"><body><journal><journal_metadata>'
        b"<full_title>J</full_title></journal_metadata>"
        b"<journal_issue><issue>2</issue></journal_issue><journal_article><titles><title>A1</title>"
        b"</titles></journal_article>"
        b"<journal_article><titles><title>A2</title></titles></journal_article></journal>"
        b"<book><book_metadata><titles><title>B</title></titles></book_metadata><content_item><titles>"
        b"<title>C</title></titles></content_item></book>"
        b"<journal><journal_metadata><full_title>Alone</full_title></journal_metadata></journal></body>"
        b"</doi_batch>"
    )
    assert [raw.format for raw in raws] == ["crossref-xml"] * 5
    assert all(b"<full_title>J<" in raw.data and b"<issue>2<" in raw.data for raw in raws[:2])
    assert b"A1" not in raws[1].data
    assert b"C" not in raws[2].data.replace(b"Crossref", b"")
    assert b"Alone" in raws[4].data


def test_a_crossref_answer_about_a_chapter_is_one_record() -> None:
    raws = read(
        b"<doi_records><doi_record><crossref><book><book_metadata><titles><title>B</title></titles>"
        b"</book_metadata>"
        b"<content_item><titles><title>C</title></titles></content_item></book></crossref></doi_record>"
        b"</doi_records>"
    )
    assert len(raws) == 1


def test_bytes_decide_the_character_set() -> None:
    text = '<?xml version="1.0" encoding="GB2312"?><r xmlns:dc="http://purl.org/dc/elements/1.1/"><a><dc:title>红楼梦</dc:title></a></r>'
    for data in (text.encode("gbk"), text.encode(), text.replace("GB2312", "UTF-8").encode("gbk")):
        (raw,) = read(data)
        assert "红楼梦".encode() in raw.data


def test_documents_behind_one_another_are_all_read() -> None:
    one = b'<?xml version="1.0"?><mods xmlns="http://www.loc.gov/mods/v3"><titleInfo/></mods>\n'
    assert [raw.format for raw in read(one * 3)] == ["mods"] * 3


def test_the_full_text_of_an_edition_is_not_kept() -> None:
    data = b"<TEI><teiHeader><fileDesc/></teiHeader><text>%s</text><facsimile/></TEI>" % (
        b"<p>long</p>" * 100_000
    )
    (raw,) = read(data)
    assert len(raw.data) < 200
    assert raw.data.endswith(b"<facsimile/></TEI>")


def test_a_file_of_any_length_needs_little_memory() -> None:
    class Endless(io.RawIOBase):
        """A hundred thousand records, made while they are read."""

        def __init__(self) -> None:
            self.left = 400
            self.rest = OAI.split(b"%s")[0]

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            if not self.rest and self.left:
                self.left -= 1
                self.rest = b"".join(oai_record(n) for n in range(50))
            given, self.rest = self.rest[:size], self.rest[size:]
            return given

    import tracemalloc

    tracemalloc.start()
    count = sum(1 for raw in READER.read(Endless(), "oai-dc", "x", Profile()) if raw.data)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 4_000_000


@pytest.mark.parametrize(
    "text", [b"", b"plain text", b"<html><body/></html>", b"<!DOCTYPE html><p>x", b"LDR 00000", b"\x00\x01"]
)
def test_what_is_not_xml_is_not_claimed(text: bytes) -> None:
    assert READER.sniff(text, "x")[1] == 0.0
