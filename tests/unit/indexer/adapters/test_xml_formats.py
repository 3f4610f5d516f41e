"""XML formats as Records: Dublin Core, MODS, TEI, JATS, Crossref."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import plugins
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.xml import READER
from indexer.records.record import Record


def adapt_all(data: str | bytes, profile: Profile | None = None) -> list[tuple[Record | None, list[Problem]]]:
    body = data.encode() if isinstance(data, str) else data
    code, confidence = READER.sniff(body, "x.xml")
    assert confidence > 0.5
    found = []
    for raw in READER.read(io.BytesIO(body), code, "x.xml", Profile()):
        adapter = plugins.adapter_for(raw.format)
        assert adapter is not None, raw
        found.append(adapter.adapt(raw, profile or Profile()))
    return found


def adapt(data: str | bytes, profile: Profile | None = None) -> Record:
    ((record, problems),) = adapt_all(data, profile)
    assert record is not None, problems
    return record


def dc(body: str) -> str:
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>'
        "<identifier>oai:x:1</identifier>"
        "<datestamp>2020-02-03</datestamp></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{body}</oai_dc:dc></metadata></record></ListRecords></OAI-PMH>"
    )


def test_dublin_core_of_an_oai_answer() -> None:
    record = adapt(
        dc(
            "<dc:title>Ink\n  and &lt;i&gt;Stone&lt;/i&gt;</dc:title><dc:creator>Li, Mei</dc:creator>"
            "<dc:contributor>Wu, An</dc:contributor>"
            "<dc:publisher>Press</dc:publisher><dc:date>2019-05-01</dc:date>"
            "<dc:type>info:eu-repo/semantics/doctoralThesis</dc:type>"
            "<dc:identifier>https://doi.org/10.1234/ABC</dc:identifier>"
            "<dc:identifier>ISBN 978-0-306-40615-7</dc:identifier>"
            "<dc:language>zh_CN</dc:language><dc:subject>rubbings; stone</dc:subject>"
            "<dc:rights>open</dc:rights>"
            "<dc:relation>javascript:alert(1)</dc:relation>"
        )
    )
    assert (record.id, record.modified) == ("oai:x:1", "2020-02-03")
    assert record.title == "Ink and Stone"
    assert record.type == "thesis"
    assert [(c.name, c.role) for c in record.contributors] == [
        ("Li, Mei", "author"),
        ("Wu, An", "contributor"),
    ]
    assert (record.publication.publisher, record.year) == ("Press", 2019)
    assert {(i.scheme, i.value) for i in record.identifiers} == {
        ("doi", "10.1234/abc"),
        ("isbn", "9780306406157"),
    }
    assert record.languages == ("zh-CN",)
    assert [s.value for s in record.subjects] == ["rubbings", "stone"]
    assert all(link.url.startswith("https://doi.org/") for link in record.links)


def test_a_deleted_header_is_a_deleted_record() -> None:
    data = dc("").replace("<header>", '<header status="deleted">').replace("<metadata>", "<about>")
    record = adapt(data.replace("</metadata>", "</about>"))
    assert (record.deleted, record.id) == (True, "oai:x:1")


def test_a_record_without_a_title_is_refused_with_a_reason() -> None:
    ((record, problems),) = adapt_all(dc("<dc:creator>A</dc:creator>"))
    assert record is None
    assert [p.code for p in problems] == ["no-title"]


def test_an_article_of_a_journal_system_has_its_journal() -> None:
    record = adapt(
        dc("<dc:title>T</dc:title><dc:source>Journal of Ink; Vol 3, No 2 (2010); 11-20</dc:source>")
    )
    assert record.type == "article"
    (host,) = record.relations
    assert (host.kind, host.title, host.volume, host.issue, host.pages) == (
        "in",
        "Journal of Ink",
        "3",
        "2",
        "11-20",
    )


def test_people_of_journal_and_thesis_systems() -> None:
    record = adapt(
        dc(
            "<dc:title>题名 = Other Title</dc:title><dc:creator>Peña, José; Universidad de X</dc:creator>"
            "<dc:creator>Roe, Ann, 1950-</dc:creator><dc:contributor>李四（指导教师）</dc:contributor>"
            "<dc:contributor>Doe, John, editor</dc:contributor>"
            "<dc:type>info:eu-repo/semantics/article</dc:type><dc:date>1860-1870</dc:date>"
            "<dc:source>Revista; Vol. 4 Núm. 2 (2015); 4-6</dc:source><dc:source>1234-5679</dc:source>"
            "<dc:identifier>ark:/12148/b1</dc:identifier>"
        )
    )
    assert [(t.value, t.kind) for t in record.titles] == [("题名", "main"), ("Other Title", "parallel")]
    assert [(c.name, c.role, c.dates, c.affiliation) for c in record.contributors] == [
        ("Peña, José", "author", "", "Universidad de X"),
        ("Roe, Ann", "author", "1950-", ""),
        ("李四", "thesis advisor", "", ""),
        ("Doe, John", "editor", "", ""),
    ]
    (host,) = record.relations
    assert (host.volume, host.issue, host.identifiers[0].value) == ("4", "2", "1234-5679")
    assert (record.year, record.year_end, record.identifiers[0].scheme) == (1860, 1870, "ark")


def test_a_whole_citation_as_identifier_gives_the_host() -> None:
    record = adapt(
        dc(
            "<dc:title>Trees and Stones</dc:title><dc:type>Article</dc:type><dc:creator>（宋）欧阳修</dc:creator>"
            "<dc:creator>（清）王大明修；（清）李文纂</dc:creator><dc:creator>张三主编</dc:creator>"
            "<dc:identifier>Roe, A. and Doe, J. (2001) Trees and Stones. Journal of Ink, 3 (2). pp. 11-19. "
            "ISSN 1234-5679</dc:identifier>"
        )
    )
    (host,) = record.relations
    assert (host.title, host.volume, host.issue, host.pages) == ("Journal of Ink", "3", "2", "11-19")
    assert [i.value for i in host.identifiers] == ["1234-5679"]
    assert record.identifiers == ()
    assert [(c.name, c.note) for c in record.contributors] == [
        ("欧阳修", "宋"),
        ("王大明", "清"),
        ("李文", "清"),
        ("张三", ""),
    ]
    assert record.contributors[3].role == "editor"


def test_a_declared_type_wins_over_what_the_record_says() -> None:
    assert (
        adapt(dc("<dc:title>T</dc:title><dc:type>Book</dc:type>"), Profile(type="rubbing")).type == "rubbing"
    )


def test_qualified_dublin_core() -> None:
    record = adapt(
        '<q xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/"><a>'
        "<dc:title>T</dc:title><t:alternative>U</t:alternative>"
        "<t:issued>2001</t:issued><t:created>1999</t:created><t:abstract>About it.</t:abstract>"
        "<t:extent>12 p.</t:extent>"
        "<t:isPartOf>Whole</t:isPartOf><t:spatial>Xi'an</t:spatial></a></q>"
    )
    assert [(t.value, t.kind) for t in record.titles] == [("T", "main"), ("U", "variant")]
    assert (record.year, record.abstract, record.extent, record.places) == (
        2001,
        "About it.",
        "12 p.",
        ("Xi'an",),
    )
    assert [(r.kind, r.title) for r in record.relations] == [("part_of", "Whole")]


MODS = """<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo altRepGroup="1">
<title>Shan hai jing</title></titleInfo>
<titleInfo altRepGroup="1" script="Hant"><title>山海經</title></titleInfo>
<name type="personal" usage="primary"><namePart>Guo, Pu,</namePart>
<namePart type="date">276-324</namePart><role><roleTerm type="code">ctb</roleTerm></role></name>
<name type="corporate"><namePart>Imperial Library</namePart></name>
<typeOfResource>text</typeOfResource><genre authority="marcgt">bibliography</genre>
<originInfo><place><placeTerm type="code" authority="marccountry">cc</placeTerm></place><place>
<placeTerm type="text">Beijing</placeTerm></place>
<publisher>Press</publisher><dateIssued encoding="marc">1999</dateIssued><dateIssued>1999</dateIssued>
<issuance>monographic</issuance></originInfo>
<language><languageTerm type="code" authority="iso639-2b">chi</languageTerm>
<languageTerm type="text">Chinese</languageTerm></language>
<physicalDescription><form authority="marcform">print</form><extent>2 v. ; 22 cm</extent>
</physicalDescription>
<abstract>Strange   places.</abstract><note type="statement of responsibility">Guo Pu zhu</note>
<subject authority="lcsh"><topic>Mythology</topic><geographic>China</geographic></subject>
<subject><hierarchicalGeographic><country>China</country><province>Shanxi</province>
</hierarchicalGeographic></subject>
<classification authority="lcc">DS707</classification><identifier type="isbn">7-101-00000-0</identifier>
<identifier type="lccn">99012345</identifier>
<relatedItem type="series"><titleInfo><title>Classics</title></titleInfo></relatedItem>
<location><physicalLocation>Main Library</physicalLocation><shelfLocator>DS707 .S5</shelfLocator>
<url usage="primary display">http://example.org/1</url></location>
<recordInfo><recordIdentifier>123</recordIdentifier></recordInfo></mods>"""


def test_mods_of_a_book() -> None:
    record = adapt(MODS)
    assert (record.id, record.type, record.title) == ("123", "book", "山海經")
    assert record.titles[0].romanised == "Shan hai jing"
    assert len(record.titles) == 1
    assert [(c.name, c.role, c.kind, c.dates) for c in record.contributors] == [
        ("Guo, Pu", "contributor", "person", "276-324"),
        ("Imperial Library", "contributor", "corporate", ""),
    ]
    assert (record.publication.place, record.publication.publisher, record.year) == ("Beijing", "Press", 1999)
    assert (record.countries, record.languages) == (("cc",), ("chi",))
    assert {i.scheme for i in record.identifiers} == {"isbn", "lccn"}
    assert record.subjects[0].value == "Mythology--China"
    assert "China / Shanxi" in record.places
    assert (record.classes[0].scheme, record.classes[0].value) == ("lcc", "DS707")
    assert (record.holdings[0].library, record.holdings[0].call_number) == ("Main Library", "DS707 .S5")
    assert record.series == ("Classics",)
    assert record.links[0].url == "http://example.org/1"


def mods_type(body: str) -> str:
    return adapt(
        f'<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>T</title></titleInfo>{body}</mods>'
    ).type


def test_mods_types() -> None:
    text = "<typeOfResource>text</typeOfResource>"
    assert mods_type("<typeOfResource>cartographic</typeOfResource>") == "map"
    assert mods_type("<typeOfResource>sound recording-musical</typeOfResource>") == "audio"
    assert mods_type("<typeOfResource>moving image</typeOfResource>") == "video"
    assert mods_type("<typeOfResource>still image</typeOfResource>") == "image"
    assert mods_type('<typeOfResource manuscript="yes">text</typeOfResource>') == "manuscript"
    assert mods_type(text + "<originInfo><issuance>continuing</issuance></originInfo>") == "journal"
    assert mods_type(text + "<physicalDescription><form>electronic</form></physicalDescription>") == "ebook"
    assert mods_type(text + "<genre>thesis</genre>") == "thesis"
    host = '<relatedItem type="host"><titleInfo><title>J</title></titleInfo>'
    host += '<identifier type="issn">1234-5679</identifier>'
    part = '<part><detail type="volume"><number>3</number></detail></part>'
    assert mods_type(text + host + part + "</relatedItem>") == "article"


TEI = """<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="ms_1"><teiHeader><fileDesc><titleStmt>
<title>{title}</title></titleStmt>
<publicationStmt><publisher>P</publisher><date>[Date when first made available]</date></publicationStmt>
<sourceDesc><msDesc type="{kind}">
<msIdentifier><country>United Kingdom</country><settlement>Oxford</settlement>
<repository>Bodleian</repository><idno type="shelfmark">MS. X 1</idno></msIdentifier>
<msContents><summary>A <hi>paper</hi> manuscript.</summary><msItem n="1"><author>
<persName>Unknown</persName></author>{works}<textLang mainLang="sa" otherLangs="en"/></msItem></msContents>
<physDesc><objectDesc form="{form}"><supportDesc><extent>12 ff.</extent></supportDesc></objectDesc>
</physDesc>
<history><origin><origDate notBefore="-0100" notAfter="0085">old</origDate><origPlace>Bengal</origPlace>
</origin></history>
</msDesc></sourceDesc></fileDesc></teiHeader></TEI>"""


def tei(
    title: str = "Catalogue of Manuscripts at the Library",
    works: str = "<title>W</title>",
    kind: str = "",
    form: str = "codex",
) -> Record:
    return adapt(TEI.format(title=title, works=works, kind=kind, form=form))


def test_tei_of_a_manuscript() -> None:
    record = tei(works="<title>First</title><title>Second</title>")
    assert (record.type, record.id, record.title) == ("manuscript", "ms_1", "First")
    assert record.contents == ("First", "Second")
    assert record.contributors == ()
    assert (record.year, record.year_end, record.publication.place) == (-100, 85, "Bengal")
    assert record.languages == ("sa", "en")
    assert (record.holdings[0].library, record.holdings[0].call_number) == ("Bodleian", "MS. X 1")
    assert record.abstract == "A paper manuscript."


def test_a_volume_without_a_title_is_named_by_its_shelf_mark() -> None:
    assert tei(works="").title == "MS. X 1"


def test_romanised_forms_in_tei_stand_beside_the_original() -> None:
    record = adapt(
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><sourceDesc><msDesc><msContents>'
        '<msItem><author><persName xml:lang="ar">ابن</persName>'
        '<persName xml:lang="ar-Latn-x-lc">Ibn, 980-1037</persName></author>'
        '<title xml:lang="ar">كتاب</title><title xml:lang="ar-Latn-x-lc">Kitāb</title></msItem></msContents>'
        "<physDesc><objectDesc><supportDesc><extent>120 ff.<dimensions><height>250</height><width>170</width>"
        "</dimensions></extent></supportDesc></objectDesc></physDesc></msDesc></sourceDesc></fileDesc>"
        "</teiHeader></TEI>"
    )
    assert [(t.value, t.romanised) for t in record.titles] == [("كتاب", "Kitāb")]
    assert (record.contributors[0].romanised, record.extent) == ("Ibn, 980-1037", "120 ff.")


def test_a_rubbing_in_tei_is_a_rubbing() -> None:
    assert tei(title="曹全碑", kind="rubbing").type == "rubbing"
    assert tei(title="X", form="拓本").type == "rubbing"


def test_a_tei_edition_has_its_printed_source() -> None:
    record = adapt(
        "<TEI><teiHeader><fileDesc><titleStmt><title>Poems: an electronic edition</title>"
        "<author>Gray, Ann</author></titleStmt>"
        "<publicationStmt><publisher>Archive</publisher><date when='2004'>2004</date></publicationStmt>"
        "<sourceDesc><bibl><publisher>Dodsley</publisher>"
        "<date>1768</date></bibl></sourceDesc></fileDesc><profileDesc><langUsage><language ident='en'/>"
        "</langUsage></profileDesc></teiHeader></TEI>"
    )
    assert (record.title, record.publication.publisher, record.year) == ("Poems", "Dodsley", 1768)
    assert (record.type, record.languages) == ("ebook", ("en",))


JATS = """<article xml:lang="en" article-type="research-article" xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta>
<journal-title-group><journal-title>Journal of Tests</journal-title></journal-title-group>
<issn pub-type="ppub">1234-5679</issn>
<publisher><publisher-name>Pub</publisher-name><publisher-loc>Paris</publisher-loc></publisher>
</journal-meta><article-meta>
<article-id pub-id-type="doi">10.1234/AbC</article-id><article-id pub-id-type="pmid">123</article-id>
<title-group><article-title>On <italic>E. coli</italic><xref ref-type="fn">1</xref></article-title>
<trans-title-group><trans-title>论</trans-title></trans-title-group></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Wang</surname><given-names>Li</given-names>
</name><xref ref-type="aff" rid="a1"/></contrib>
<contrib contrib-type="author"><name-alternatives><name xml:lang="en"><surname>Zhang</surname>
<given-names>San</given-names></name>
<name xml:lang="zh"><surname>张</surname><given-names>三</given-names></name></name-alternatives></contrib>
<contrib contrib-type="author"><collab>The Group</collab></contrib></contrib-group><aff id="a1">
<label>1</label>Lab, Town</aff>
<pub-date pub-type="epub"><day>3</day><month>2</month><year>2019</year></pub-date><volume>5</volume>
<issue>2</issue><fpage>10</fpage><lpage>20</lpage>
<permissions><license xlink:href="http://creativecommons.org/licenses/by/4.0/"/></permissions>
<abstract><title>Abstract</title><p>Short.</p></abstract><kwd-group><kwd>one</kwd><kwd>two</kwd>
</kwd-group>{more}</article-meta></front></article>"""


def test_jats_of_a_journal_article() -> None:
    record = adapt(JATS.format(more=""))
    assert (record.type, record.id, record.title) == ("article", "10.1234/abc", "On E. coli")
    assert [(c.name, c.kind, c.romanised, c.affiliation) for c in record.contributors] == [
        ("Wang, Li", "person", "", "Lab, Town"),
        ("张三", "person", "Zhang, San", ""),
        ("The Group", "corporate", "", ""),
    ]
    (host,) = record.relations
    assert (host.kind, host.title, host.volume, host.issue, host.pages) == (
        "in",
        "Journal of Tests",
        "5",
        "2",
        "10-20",
    )
    assert (host.identifiers[0].scheme, host.identifiers[0].value) == ("issn", "1234-5679")
    assert (record.publication.date, record.abstract, record.languages) == ("2019-02-03", "Short.", ("en",))
    assert record.rights == "http://creativecommons.org/licenses/by/4.0/"
    assert record.titles[1].value == "论"


def test_paragraphs_written_without_blanks_stay_apart() -> None:
    data = JATS.format(more="").replace(
        "Short.", "<sec><title>Aim</title><p>One.</p></sec><sec><p>Two.</p></sec>"
    )
    assert "Aim One. Two." in adapt(data).abstract


def test_jats_of_a_conference_is_a_conference_paper() -> None:
    assert (
        adapt(JATS.format(more="<conference><conf-name>C 2019</conf-name></conference>")).type
        == "conference-paper"
    )


CROSSREF = """<doi_batch xmlns="http://www.crossref.org/schema/4.4.2"><body><journal>
<journal_metadata language="en"><full_title>J</full_title>
<issn media_type="print">12345679</issn></journal_metadata><journal_issue>
<publication_date media_type="print"><month>3</month><year>2001</year></publication_date>
<journal_volume><volume>3</volume></journal_volume><issue>2</issue></journal_issue><journal_article>
<titles><title>A</title></titles>
<contributors><person_name sequence="first" contributor_role="author"><given_name>Ann</given_name>
<surname>Lee</surname></person_name></contributors>
<pages><first_page>1</first_page><last_page>9</last_page></pages><doi_data><doi>10.5555/A</doi>
<resource>http://example.org/a</resource></doi_data></journal_article></journal>
<conference><event_metadata><conference_name>Conf</conference_name></event_metadata>
<proceedings_metadata><proceedings_title>Proceedings</proceedings_title>
<publisher><publisher_name>P</publisher_name></publisher><publication_date><year>2002</year>
</publication_date><isbn>978-0-306-40615-7</isbn></proceedings_metadata>
<conference_paper><titles><title>B</title></titles></conference_paper></conference>
<dissertation><titles><title>D</title></titles><approval_date><year>2003</year></approval_date>
<institution><institution_name>Uni</institution_name></institution><degree>PhD</degree></dissertation>
</body></doi_batch>"""


def test_crossref_deposits() -> None:
    article, paper, thesis = (record for record, _ in adapt_all(CROSSREF))
    assert article is not None
    assert paper is not None
    assert thesis is not None
    assert [r.type for r in (article, paper, thesis)] == ["article", "conference-paper", "thesis"]
    assert (article.id, article.year, article.contributors[0].name) == ("10.5555/a", 2001, "Lee, Ann")
    assert (article.relations[0].title, article.relations[0].volume, article.relations[0].pages) == (
        "J",
        "3",
        "1-9",
    )
    assert article.links[0].url == "http://example.org/a"
    assert (paper.relations[0].title, paper.relations[0].identifiers[0].value, paper.year) == (
        "Proceedings",
        "9780306406157",
        2002,
    )
    assert (thesis.publication.publisher, thesis.extra["degree"], thesis.year) == ("Uni", "PhD", 2003)


def test_crossref_query_results() -> None:
    record = adapt(
        '<crossref_result xmlns="http://www.crossref.org/qrschema/3.0"><query_result><head/><body>'
        '<query status="resolved"><doi type="journal_article">10.5555/x</doi>'
        '<issn type="print">12345679</issn><journal_title>JT</journal_title><contributors>'
        '<contributor first-author="true" contributor_role="author">'
        "<given_name>Ann</given_name><surname>Lee</surname></contributor></contributors>"
        "<volume>1</volume><first_page>3</first_page><year>1999</year>"
        "<article_title>AT</article_title></query></body></query_result></crossref_result>"
    )
    assert (record.title, record.type, record.year, record.id) == ("AT", "article", 1999, "10.5555/x")
    assert (record.relations[0].title, record.relations[0].pages) == ("JT", "3")


def test_an_element_without_a_name_behind_its_prefix_does_no_harm() -> None:
    adapter = plugins.adapter_for("dc")
    assert adapter is not None
    raw = Raw("dc", b"<dc><dc:title>T</dc:title><dc: a:=''>x</dc:></dc>", 1)
    adapter.adapt(raw, Profile())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_xml_record_makes_an_adapter_fail(data: st.DataObject) -> None:
    sample = data.draw(
        st.sampled_from([MODS, TEI, JATS, CROSSREF, dc("<dc:title>T</dc:title><dc:date>1</dc:date>")])
    ).encode()
    start = data.draw(st.integers(0, len(sample)))
    length = data.draw(st.integers(0, 60))
    damaged = sample[:start] + data.draw(st.binary(max_size=8)) + sample[start + length :]
    for code in ("oai-dc", "mods", "tei", "jats", "crossref-xml"):
        adapter = plugins.adapter_for(code)
        assert adapter is not None
        record, problems = adapter.adapt(Raw(code, damaged, 1), Profile())
        assert record is not None or any(p.severity == "error" for p in problems)
