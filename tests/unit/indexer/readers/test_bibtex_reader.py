"""BibTeX files are cut entry by entry; a broken entry takes no other with it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.adapters.bibtex import ADAPTER
from indexer.formats.bibtex import parse
from indexer.formats.latex import plain_text
from indexer.profile import Profile
from indexer.readers.bibtex import READER
from indexer.records.record import Record


def read(text: str | bytes) -> list[Record]:
    data = text.encode() if isinstance(text, str) else text
    found = []
    for raw in READER.read(io.BytesIO(data), "bibtex", "", Profile()):
        record, problems = ADAPTER.adapt(raw, Profile())
        assert record is not None, problems
        found.append(record)
    return found


def test_an_article() -> None:
    record = read(
        '@string{cj = "The Computer Journal"}\n'
        '@Article{knuth84, author = {Donald E. Knuth and M{\\"u}ller, '
        'J{\\"o}rg and {Barnes and Noble} and others},\n'
        ' title = "Literate {P}rogramming", journal = cj # " (online)", volume=27, number = 2, '
        "pages = {97--111}, month = feb,\n"
        " year = 1984, doi = {10.1093/comjnl/27.2.97}, issn = {0010-4620}, keywords = {a, b, c}}"
    )[0]
    host = record.relations[0]
    assert (record.id, record.type, record.title) == ("knuth84", "article", "Literate Programming")
    assert [(person.name, person.kind) for person in record.contributors] == [
        ("Knuth, Donald E.", "person"),
        ("Müller, Jörg", "person"),
        ("Barnes and Noble", "corporate"),
    ]
    assert (host.title, host.volume, host.issue, host.pages) == (
        "The Computer Journal (online)",
        "27",
        "2",
        "97-111",
    )
    assert host.identifiers[0].value == "0010-4620"
    assert record.publication.date == "1984-02"


@pytest.mark.parametrize(
    "broken",
    [
        "@book{x, title = {Never closed, year = 2001\n",
        '@book{x, title = "Never closed, year = 2001}\n',
        "@book{x title = no comma}\n",
        "@book{x, title = {One brace too many}}}, year = 2001}\n",
        "@book{x, = , , {}}\n",
    ],
)
def test_a_broken_entry_takes_no_other_with_it(broken: str) -> None:
    good = "@book{b%d, title = {Good %d}, year = 2000}\n"
    raws = list(
        READER.read(io.BytesIO((good % (1, 1) + broken + good % (2, 2)).encode()), "bibtex", "", Profile())
    )
    records = [record for raw in raws if (record := ADAPTER.adapt(raw, Profile())[0]) is not None]
    assert {"Good 1", "Good 2"} <= {record.title for record in records}


def test_an_unclosed_entry_is_reported_and_kept() -> None:
    raws = list(
        READER.read(
            io.BytesIO(b"@book{x,\n title = {Open},\n year = 2001\n@book{y, title = {Next}}"),
            "bibtex",
            "",
            Profile(),
        )
    )
    assert [problem.code for problem in raws[0].problems] == ["bibtex-unclosed"]
    record = ADAPTER.adapt(raws[0], Profile())[0]
    assert record is not None
    assert record.title == "Open"


def test_comments_are_no_entries_and_parentheses_are_braces() -> None:
    records = read(
        '@comment{ @book{no, title={No}} }\n@preamble{"x"}\n@book(yes, title={Yes}, year=1999)\n'
        "some text @ home\n"
    )
    assert [record.title for record in records] == ["Yes"]


def test_entries_stand_by_themselves() -> None:
    text = b'@string{a = "A"}\n@string{b = a # "B"}\n@book{x, title = b}'
    raw = next(READER.read(io.BytesIO(text), "bibtex", "", Profile()))
    entry = parse(raw.data.decode())
    assert entry is not None
    assert entry.fields["title"] == "AB"


def test_gbk_files_are_read() -> None:
    record = read(
        "@book{w, title = {数据库系统概论}, author = {王珊 and 萨师煊}, publisher = {高等教育出版社}}".encode(
            "gb18030"
        )
    )[0]
    assert record.title == "数据库系统概论"
    assert [person.name for person in record.contributors] == ["王珊", "萨师煊"]


@pytest.mark.parametrize(
    ("entry", "type"),
    [
        ("@inproceedings{a, title={T}, booktitle={Proc}}", "conference-paper"),
        ("@phdthesis{a, title={T}, school={S}}", "thesis"),
        ("@incollection{a, title={T}, booktitle={B}}", "book"),
        ("@online{a, title={T}, url={https://example.org}}", "web-resource"),
        ("@misc{a, title={T}, eprint={1706.03762}, archivePrefix={arXiv}}", "article"),
    ],
)
def test_types(entry: str, type: str) -> None:
    assert read(entry)[0].type == type


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("{\\'E}tude", "Étude"),
        ("\\'{\\i}", "í"),
        ("Erd\\H{o}s", "Erdős"),
        ("\\c{c}a", "ça"),
        ("{\\L}\\'od\\'z", "Łódź"),
        ("Stra{\\ss}e", "Straße"),
        ("\\v{S}im\\v{c}\\'ik", "Šimčík"),
        ("A \\& B \\% C", "A & B % C"),
        ("``quoted'' --- text -- 1", "“quoted” — text – 1"),
        ("\\emph{An} {\\bf Bold} one", "An Bold one"),
        ("a~b", "a b"),
        ("$O(n^2)$", "O(n^2)"),
        ("中文{题名}", "中文题名"),
        ("\\unknowncommand{kept}", "kept"),
    ],
)
def test_latex_becomes_plain_text(latex: str, text: str) -> None:
    assert plain_text(latex) == text


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_nothing_raises(text: str) -> None:
    plain_text(text)
    for raw in READER.read(
        io.BytesIO(f"@book{{a, title = {text}".encode("utf-8", "replace")), "bibtex", "", Profile()
    ):
        ADAPTER.adapt(raw, Profile())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Donald E. Knuth", "Knuth, Donald E."),
        ("Knuth, Donald E.", "Knuth, Donald E."),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("Carlos {Salinas Pliego}", "Salinas Pliego, Carlos"),
        ("World Health Organization", "World Health Organization"),
        ("{NASA}", "NASA"),
        ("Wang X.", "Wang X."),
        ("Plato", "Plato"),
        ("王, 力", "王力"),
        ("欧阳, 修", "欧阳修"),
        ("王力", "王力"),
    ],
)
def test_a_name_has_one_form_whichever_way_it_is_written(written: str, name: str) -> None:
    record = read(f"@book{{a, title = {{T}}, author = {{{written}}}}}")[0]
    assert [who.name for who in record.contributors] == [name]
