"""MARC in its other dress: MARCXML, MARC-in-JSON, Aleph sequential and worksheets, each to a Marc
(各种句法的机读记录).

A reader keeps the piece of the file that holds one record and names the syntax in the context; ``parse``
makes the same in-memory record of each, so that the adapters do not know how a record travelled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from indexer import charset as charsets
from indexer import marc
from indexer.marc import Marc
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw


def parse(raw: Raw, profile: Profile) -> Marc:
    """The MARC record in a raw record, whatever its syntax (解析); never raises."""
    syntax = str(raw.context.get("syntax", "")) or _guess(raw.data)
    if syntax == "iso2709":
        named = profile.charset.lower()
        charset = "utf-16" if raw.charset == "utf-16" else _CHARSETS.get(named, named)
        return marc.decode(raw.data, charset=charset, legacy=profile.legacy_charset, position=raw.position)
    text, found = charsets.decode_text(raw.data, profile.legacy_charset)
    record = _PARSERS[syntax](text, raw)
    record.charset = raw.charset or found
    if record.fields and (not text.isascii() or "&#" in text or "\\u" in text):
        _mend(record, raw.position)
    return record


# Names that a source's profile may use; UTF-8 is what the bytes show anyway.
_CHARSETS = {
    "utf8": "", "utf-8": "", "marc8": "marc-8", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030",
    "big-5": "big5", "cp950": "big5",
}  # fmt: skip


def _mend(record: Marc, position: int) -> None:
    """Bring the values of a record into NFC, and mend what was read in a wrong character set, in one go."""
    whole, mended, lost = charsets.repair("\x1e".join(value for _, value in record.fields))
    values = charsets.clean(whole).split("\x1e")
    record.fields = [(tag, value) for (tag, _), value in zip(record.fields, values, strict=True)]
    notes = [(what, count) for what, count in (("mended", mended), ("lost", lost)) if count]
    record.problems.extend(marc.report_mended(notes, position))


def format_of(raw: Raw) -> str:
    """What ``Source.format`` says: the syntax, or the family where that is ISO 2709."""
    syntax = raw.context.get("syntax")
    return syntax if isinstance(syntax, str) and syntax != "iso2709" else raw.format


def _guess(data: bytes) -> str:
    head = data[:200].lstrip()
    if head.startswith(b"<"):
        return "marcxml"
    if head.startswith(b"{"):
        return "marcjson"
    if _ALEPH_LINE.match(head.decode("utf-8", "replace")):
        return "aleph"
    return "iso2709" if b"\x1e" in data else "worksheet"


def _value(text: str) -> str:
    """A value without delimiters, line ends and control characters, in NFC, mojibake mended where it is
    certain.
    """
    if text.isascii():
        return text if text.isprintable() else charsets.clean(text.translate(_NO_CONTROLS))
    # C1 controls stay until the whole record is looked at: they may be halves of misread characters.
    return text.translate(_NO_CONTROLS)


_NO_CONTROLS: dict[int, str | None] = {
    **dict.fromkeys((0x09, 0x0A, 0x0D), " "),
    **dict.fromkeys((0x1D, 0x1E, 0x1F), None),
}


def _code(value: object) -> str:
    """The code of a subfield, a blank where it is none."""
    text = str(value)[:1]
    return text if text.isascii() and text.isprintable() and text else " "


def _broken(raw: Raw, code: str, message: str) -> Marc:
    return Marc("", [], "", [Problem(code, "error", message[:300], "", raw.position)])


# --- MARCXML ------------------------------------------------------------------------------------------------

_BAD_REFERENCE = re.compile(r"&#(?:x0*(?:1?[0-9A-Fa-f])|0*(?:[0-9]|[12][0-9]|3[01]));")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_XML_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\\ud800-\\udfff\ufffe\uffff]")


def from_xml(text: str, raw: Raw) -> Marc:
    """One ``record`` element of MARCXML or MarcXchange (ISO 25577), namespaces and prefixes ignored.

    No document type and no entities of its own are accepted. Characters that XML forbids and bare
    ampersands, which careless exports write, are mended once.
    """
    record = _from_xml(text, raw)
    if not record.problems:
        return record
    mended = _BARE_AMPERSAND.sub("&amp;", _BAD_REFERENCE.sub("", _XML_FORBIDDEN.sub("", text)))
    if mended == text:
        return record
    again = _from_xml(mended, raw)
    if not again.problems:
        message = "characters that XML does not allow were left out; mend the export"
        again.problems.append(Problem("xml-mended", "warning", message, "", raw.position))
    return again


def _from_xml(text: str, raw: Raw) -> Marc:
    record = Marc("", [], "", [])
    parts: list[str] = []
    attributes: dict[str, str] = {}
    body: list[str] = []
    inside = ""
    header: dict[str, str] = {}

    def start(name: str, found: dict[str, str]) -> None:
        nonlocal attributes, inside
        local = name.rpartition(":")[2]
        if local == "datafield":
            attributes = found
            body.clear()
        elif local in ("leader", "controlfield", "subfield", "identifier", "header"):
            inside = local
            parts.clear()
            if local == "subfield":
                body.append("\x1f" + _code(found.get("code", "")))
            elif local == "header":
                header["status"] = found.get("status", "")
            else:
                attributes = found

    def end(name: str) -> None:
        nonlocal inside
        local = name.rpartition(":")[2]
        if local == "subfield":
            body.append(_value("".join(parts)))
        elif local == "controlfield":
            record.fields.append((attributes.get("tag", "")[:3], _value("".join(parts))))
        elif local == "leader":
            record.leader = _value("".join(parts).strip("\r\n\t"))
        elif local == "identifier" and "status" in header:
            header.setdefault("identifier", "".join(parts).strip())
        elif local == "datafield":
            indicators = (attributes.get("ind1", " ") or " ")[:1] + (attributes.get("ind2", " ") or " ")[:1]
            record.fields.append((attributes.get("tag", "")[:3], indicators + "".join(body)))
        inside = ""

    def characters(data: str) -> None:
        if inside:
            parts.append(data)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, _Doctype, ValueError) as error:
        return _broken(raw, "xml-malformed", f"the record is not well-formed XML: {error}")
    if header.get("status") == "deleted" and not record.fields:
        # A deletion told by OAI-PMH; the number at the source is the last part of the identifier.
        record.leader = " " * 5 + "d" + " " * 18
        record.fields.append(("001", header.get("identifier", "").rpartition(":")[2]))
    return record


class _Doctype(Exception):
    """A document type declaration, which no record has."""


def _no_doctype(*_: object) -> None:
    raise _Doctype("a document type declaration is refused")


# --- MARC-in-JSON -------------------------------------------------------------------------------------------


def from_json(text: str, raw: Raw) -> Marc:
    """MARC-in-JSON (fields as a list of one-key objects), and the list form of marcjson_
    (``["245","1","0","a",…]``).
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _broken(raw, "json-malformed", f"the record is not well-formed JSON: {error}")
    if isinstance(found, dict) and isinstance(found.get("record"), list):
        found = {"fields": found["record"]}
    if not isinstance(found, dict) or not isinstance(found.get("fields"), list):
        return _broken(raw, "marcjson-shape", "there is no list of fields in the record")
    record = Marc(_text(found.get("leader")), [], "", [])
    for entry in found["fields"][: marc.MAX_FIELDS]:
        if isinstance(entry, dict):
            for tag, content in entry.items():
                if tag == "LDR" or tag == "leader":
                    record.leader = _text(content)
                else:
                    record.fields.append((str(tag)[:3], _json_field(content)))
        elif isinstance(entry, list) and len(entry) >= 2:
            _listed(record, entry)
    return record


def _text(content: Any) -> str:
    return _value(content) if isinstance(content, str) else ""


def _json_field(content: Any) -> str:
    if not isinstance(content, dict):
        return _text(content)
    body = [f"{_text(content.get('ind1')) or ' ':.1}{_text(content.get('ind2')) or ' ':.1}"]
    pairs = content.get("subfields")
    for pair in pairs if isinstance(pairs, list) else []:
        if isinstance(pair, dict):
            if "code" in pair and isinstance(pair.get("value", pair.get("data")), str):
                body.append(f"\x1f{_code(pair['code'])}{_text(pair.get('value', pair.get('data')))}")
            else:
                body.extend(f"\x1f{_code(code)}{_text(value)}" for code, value in pair.items())
    return "".join(body)


def _listed(record: Marc, entry: list[Any]) -> None:
    tag = str(entry[0])
    if tag == "LDR":
        record.leader = _text(entry[-1])
        return
    if tag[:2] == "00" or tag == "FMT":
        record.fields.append((tag[:3], _text(entry[-1])))
        return
    first, second = (_text(entry[1])[:1] or " "), (_text(entry[2])[:1] or " ") if len(entry) > 2 else " "
    body = "".join(
        f"\x1f{_code(_text(entry[at]))}{_text(entry[at + 1])}"
        for at in range(3, len(entry) - 1, 2)
        if entry[at] != "_"
    )
    record.fields.append((tag[:3], first + second + body))


# --- Aleph sequential ---------------------------------------------------------------------------------------

# System number, tag, two indicators, and the alphabet (L), for which some exports write another character, a
# blank, or nothing at all. A code says whether a blank or a letter still belongs to the content.
ALEPH_LINE = (
    r"(\d{9}) (?:"
    r"([0-9A-Za-z]{3})([^\r\n])([^\r\n]) [A-Z] "
    r"|(LDR|00[0-9]|FMT|DEL)([^\r\n])([^\r\n]) "
    r"(?:[^A-Za-z0-9^ \r\n] |  (?=[^ ]|.{24})|(?<=[^67]...)[a-z0-9] (?=[^ ]{2}))?(?=[^\r\n])"
    r"|([0-9A-Za-z]{3})([^\r\n])([^\r\n]) ?(?:[^\r\n]? )?(?=\$\$[0-9a-z])"
    r")([^\r\n]*)"
)
_ALEPH_LINE = re.compile(ALEPH_LINE)


def from_aleph(text: str, _raw: Raw) -> Marc:
    """Lines ``nnnnnnnnn TTTii L content`` of one system number; ``$$a`` begins a subfield, ``^`` is a blank.

    The number becomes 001 where there is none. LDR is the leader; fields of Aleph itself (FMT, CAT, SID …)
    stay, under tags of letters.
    """
    record = Marc("", [], "", [])
    number = ""
    for line in text.splitlines():
        found = _ALEPH_LINE.match(line)
        if not found:
            continue
        number, content = found.group(1), found.group(11)
        tag, first, second = (
            found.group(2 + at) or found.group(5 + at) or found.group(8 + at) for at in range(3)
        )
        if tag == "LDR":
            record.leader = _filled(_value(content))
        elif tag in ("FMT", "DEL") or tag < "010":
            if tag == "DEL":
                record.fields.append((tag, "  \x1fa" + _value(content.rpartition("$$a")[2])))
            else:
                coded = tag in ("006", "007", "008")
                record.fields.append((tag, _filled(_value(content)) if coded else _value(content)))
        else:
            body = _BLANKS.sub(" ", _value(content)).replace("$$", "\x1f")
            if not body.startswith("\x1f"):
                body = "\x1fa" + body
            record.fields.append((tag, _value(first + second) + body))
    if number and not any(tag == "001" for tag, _ in record.fields):
        record.fields.insert(0, ("001", number))
    return record


_BLANKS = re.compile(r"\^{2,}")


def _filled(coded: str) -> str:
    """A coded field whose blanks are written as ``^`` (or, in exports of some, as ``-``)."""
    if "^" in coded:
        return coded.replace("^", " ")
    return coded.replace("-", " ") if "-" in coded and " " not in coded else coded


# --- worksheets (CNMARC as text) ----------------------------------------------------------------------------

WORKSHEET_MARKS = "ǂ■▼‡|$@＄┤△▲"
WORKSHEET_LEADER = re.compile(r"(?:\d{5}|     )[a-z ][a-z]{2}[a-z0-9 ]{2}[^\n]{0,3}(?:\d{7}|22)")
_TAG = re.compile(r"(?:\d{3}|LDR|ldr)")


def worksheet_tag(line: str) -> str:
    """The tag at the beginning of a worksheet line, empty when the line begins otherwise."""
    if not _TAG.match(line):
        return ""
    if line[:2] == "00" or line[3:4] in (" ", "\t", "") or any(c in WORKSHEET_MARKS for c in line[3:9]):
        return line[:3]
    return ""


def from_worksheet(text: str, raw: Raw) -> Marc:
    """CNMARC as the text displays of cataloguing programs (工作单): a field a line, subfields behind a mark.

    Tag and indicators stand together (``2001 ǂa``) or apart (``200 1 ■a``); the leader is a line without
    tag or tagged 000; a line that does not begin with a tag continues the one before it.
    """
    lines: list[tuple[str, str]] = []
    for line in text.splitlines():
        if not line.strip() or line.strip() == "***":
            continue
        if not lines and WORKSHEET_LEADER.match(line):
            lines.append(("000", line))
        elif tag := worksheet_tag(line):
            lines.append((tag, line[3:]))
        elif lines:
            lines[-1] = (lines[-1][0], lines[-1][1] + line.strip())
    mark = _worksheet_mark(text)
    record = Marc("", [], "", [])
    for tag, rest in lines:
        if tag in ("000", "LDR", "ldr"):
            record.leader = f"{rest.strip().replace('_', ' '):<24}"[:24]
        elif tag < "010":
            record.fields.append((tag, _value(rest.strip())))
        else:
            record.fields.append((tag, _worksheet_field(rest, mark)))
    if not record.fields:
        return _broken(raw, "worksheet-empty", "there is no field in the record")
    return record


def _worksheet_field(rest: str, mark: str) -> str:
    head, found, body = rest.partition(mark)
    if not found:
        # A field that lost its first mark: two indicators, then the code and content of its subfield.
        content = rest[2:].strip()
        return f"{_value(rest[:2]):<2}\x1f{_code(content)}{_value(content[1:])}" if content else "  "
    # Indicators stand right behind the tag (``2001 ǂa``) or between blanks (``200 1  ■a``).
    indicators = head[1:3] if len(head) > 2 else head
    pieces = [piece for piece in body.split(mark) if piece]
    return f"{_value(indicators):<2}" + "".join(
        f"\x1f{_code(piece)}{_value(piece[1:].strip())}" for piece in pieces
    )


def _worksheet_mark(text: str) -> str:
    """The character that begins subfields: the commonest of the known ones."""
    return max(WORKSHEET_MARKS, key=lambda mark: len(re.findall(re.escape(mark) + "[0-9a-zA-Z]", text)))


_PARSERS: dict[str, Callable[[str, Raw], Marc]] = {
    "marcxml": from_xml,
    "marcjson": from_json,
    "aleph": from_aleph,
    "worksheet": from_worksheet,
}
