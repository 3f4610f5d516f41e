"""ISO 2709 bytes into MARC records (解码), whatever their leaders and directories say."""

from __future__ import annotations

import re

from indexer import charset as charsets
from indexer import marc8
from indexer.marc.record import FIELD_END, RECORD_END, Marc
from indexer.problem import Problem

_LOST_LIMIT = 0.2  # a record of which more than this share of characters is unreadable is refused
_CONTROLS = bytes(code for code in range(0x1D) if code != 0x1B) + b"\x7f"
_ENTRY = re.compile(rb"[0-9A-Za-z]{3}[0-9 ]{9}")
# Bytes of UTF-8 that begin what clean() would change besides what NFC does; looking for them is cheap.
_SUSPECT = (b"\xc2", b"\xe2\x80", b"\xe2\x81", b"\xe3\x80\x80", b"\xef\xbb", b"\xef\xbf")
_NAKED_MARK = re.compile("\x1f([^\x00-\x7f])")


_LINE_ENDS = re.compile(rb"\x1e[\r\n]+")


def decode(data: bytes, *, charset: str = "", legacy: str = "gb18030", position: int = 0) -> Marc:
    """Read one ISO 2709 record (解码). Never raises; what is wrong is in ``problems``.

    ``charset`` forces a character set, ``legacy`` is the two-byte set tried first. Neither the leader's
    length and base address nor the directory's lengths and offsets are believed where the delimiters say
    otherwise. An error among the problems means that nothing of the record can be used.
    """
    if b"\x1e\n" in data or b"\x1e\r" in data:
        # An editor or a mail program has put line ends behind the fields; they would shift coded values.
        data = _LINE_ENDS.sub(FIELD_END, data)
    base = data.find(FIELD_END, 24) + 1
    if base < 25 or data[24:27].isspace():
        return _hopeless(data, position, "record-unreadable", "there is no directory; the record is damaged")
    count, rest = divmod(base - 25, 12)
    if rest or not count:
        return _damaged_directory(data, base, charset, legacy, position)
    notes: list[tuple[str, int]] = []
    text, found, lost = _text(data, charset, legacy, notes)
    marc = Marc(text[:24], [], found, report_mended(notes, position) if notes else [])
    start = base if text.isascii() or data[:base].isascii() else text.find("\x1e", 24) + 1
    body = text[start:]
    ended = body.endswith("\x1d")
    if ended and body.find("\x1d") != len(body) - 1:
        body = body.replace("\x1d", "") + "\x1d"
    pieces = body.split("\x1e")
    tail = pieces.pop()
    if tail.strip("\x1d \r\n\x00"):
        if not ended:
            return _truncated(data, position, len(pieces), count)
        pieces.append(tail.rstrip("\x1d"))
    elif not ended and len(pieces) < count:
        return _truncated(data, position, len(pieces), count)
    directory = text[24 : start - 1]
    tags = [directory[at : at + 3] for at in range(0, 12 * count, 12)]
    if len(pieces) == count:
        starts = [directory[at : at + 5] for at in range(7, 12 * count, 12)]
        if starts != sorted(starts):
            tags = _in_order(tags, starts, len(data))
        marc.fields = list(zip(tags, pieces, strict=True))
        _compare(marc, data, base, directory, position)
    else:
        marc.fields = _cut_by_directory(data, base, tags, charset, found)
        message = f"the directory names {count} fields, the record has {len(pieces)}; "
        if marc.fields:
            message += "the directory was followed"
        else:
            marc.fields = [(tag, piece) for tag, piece in zip(tags, pieces, strict=False)]
            message += "tags were given in the order of the fields; check the record"
        marc.problems.append(Problem("directory-wrong", "warning", message, "directory", position))
    if lost:
        _report_lost(marc, lost, position)
    return marc


def _text(data: bytes, charset: str, legacy: str, notes: list[tuple[str, int]]) -> tuple[str, str, int]:
    """Text of a whole record in NFC without control characters, its character set, and characters lost."""
    if len(data.translate(None, _CONTROLS)) != len(data):
        data = data.translate(_BLANKED)
    declared = "utf-8" if data[9:10] == b"a" else "marc-8"
    if not charset:
        if data.isascii():
            if b"\x1b" not in data:
                return (
                    data.decode("ascii"),
                    "utf-8" if declared == "utf-8" or _is_unimarc(data) else "marc-8",
                    0,
                )
            if not marc8.has_escapes(data):
                text = marc8.to_text(data.replace(b"\x1b", b""))[0]
                return _finished(text, None, notes), declared, 0
        else:
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                pass
            else:
                if b"\x1b" in data:
                    return _mixed(data, legacy, declared == "marc-8" and not _is_unimarc(data), notes)
                return _finished(text, data, notes), "utf-8", 0
    elif charset in ("utf-8", "utf-16"):
        try:
            return _finished(data.decode("utf-8"), data, notes), charset, 0
        except UnicodeDecodeError:
            pass
    elif _is_utf8(data) and not data.isascii():
        # What is strict UTF-8 is not in a legacy set, whatever a profile says of the other records.
        return _finished(data.decode("utf-8"), data, notes), "utf-8", 0
    else:
        text, lost = charsets.to_text(data, charset)
        return _finished(text, None, notes), charset, lost
    return _mixed(data, legacy, declared == "marc-8" and not _is_unimarc(data), notes)


_BLANKED = bytes(0x20 if code in _CONTROLS else code for code in range(256))


def _is_unimarc(data: bytes) -> bool:
    return has_tag(data[24 : data.find(FIELD_END, 24)], b"200") and not has_tag(data[24:400], b"245")


def has_tag(directory: bytes, tag: bytes) -> bool:
    """Whether an ISO 2709 directory names a tag."""
    at = directory.find(tag)
    while at >= 0:
        if at % 12 == 0:
            return True
        at = directory.find(tag, at + 1)
    return False


def _finished(text: str, data: bytes | None, notes: list[tuple[str, int]]) -> str:
    """NFC and without unwanted characters, misread sets mended; a subfield that begins with a mark keeps
    its code.
    """
    if "&#x" in text:
        text = marc8.referred(text)
    if data is None or b"\xc3" in data:
        # Before the controls go: some of them are the second half of a misread character.
        text, mended, lost = charsets.repair(text)
        if mended:
            notes.append(("mended", mended))
        if lost:
            notes.append(("lost", lost))
    if data is None:
        cleaned = charsets.clean(text)
    else:
        # Hardly any field holds more than ASCII, and nothing joins across the end of a field.
        tidy = charsets.clean if any(mark in data for mark in _SUSPECT) else charsets.normalize
        pieces = text.split("\x1e")
        for number, piece in enumerate(pieces):
            if not piece.isascii():
                pieces[number] = tidy(piece)
        cleaned = "\x1e".join(pieces)
    if cleaned != text and _NAKED_MARK.search(cleaned):
        cleaned = charsets.clean(_NAKED.sub(r"\1", text))
    return cleaned


def report_mended(notes: list[tuple[str, int]], position: int) -> list[Problem]:
    """Problems that say how much of a misread character set was mended and what was lost."""
    problems = []
    for what, count in notes:
        if what == "mended":
            message = (
                f"the text had been read in a wrong character set: {count} places mended; mend the source"
            )
            problems.append(Problem("mojibake-mended", "warning", message, "", position))
        else:
            message = f"{count} characters were lost in an earlier conversion; each stands as {charsets.LOST}"
            problems.append(Problem("mojibake-lost", "error", message, "", position))
    return problems


_NAKED = re.compile("(\x1f[\x00-\x7f])[\u0300-\u036f]+")


def _mixed(
    data: bytes, legacy: str, marc8_declared: bool, notes: list[tuple[str, int]]
) -> tuple[str, str, int]:
    """Field by field, for a record that is not strict UTF-8 as a whole.

    The set of the record is judged from all of its bytes; a field that is strict UTF-8 with more than a few
    high bytes keeps that, since exports do mix them.
    """
    pieces = data.split(FIELD_END)
    wide = [piece for piece in pieces if not piece.isascii()]
    high = sum(_high(piece) for piece in wide)
    good = sum(_high(piece) for piece in wide if _is_utf8(piece))
    joined = b"\x1e".join(pieces[1:])
    if not marc8.has_escapes(data) and (good * 2 > high or charsets.mostly_utf8(joined)):
        chosen = "utf-8"
    else:
        chosen = charsets.legacy_charset(joined, legacy, marc8_declared=marc8_declared)
        if chosen == "ascii":
            chosen = "marc-8"
    out: list[str] = []
    lost = 0
    for piece in pieces:
        if piece.isascii() and b"\x1b" not in piece:
            out.append(piece.decode("ascii"))
            continue
        if _is_utf8(piece) and (chosen == "utf-8" or (not piece.isascii() and _high(piece) > 8)):
            text, missing = piece.decode("utf-8"), 0
        else:
            text, missing = charsets.to_text(piece, chosen)
        out.append(text.replace("\x1b", ""))
        lost += missing
    return _finished("\x1e".join(out), None, notes), chosen, lost


def _high(piece: bytes) -> int:
    return len(piece) - len(piece.translate(None, _HIGH))


_HIGH = bytes(range(0x80, 0x100))


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _in_order(tags: list[str], starts: list[str], size: int) -> list[str]:
    """Tags in the physical order of their fields, where the directory is sorted otherwise."""
    if size > 99_999 or len(set(starts)) != len(starts) or not all(start.isdecimal() for start in starts):
        return tags  # Offsets of such a record have wrapped round or are no offsets at all.
    return [tag for _, tag in sorted(zip(starts, tags, strict=True))]


def _compare(marc: Marc, data: bytes, base: int, directory: str, position: int) -> None:
    """Say where leader and directory disagree with the record as it is."""
    size = len(data)
    if size > 99_999:
        message = f"the record has {size} bytes, ISO 2709 allows 99,999; its delimiters were followed"
        marc.problems.append(Problem("record-too-long", "warning", message, "leader", position))
        return
    if directory[-5:].isdecimal() and directory[-9:-5].isdecimal():
        ends = int(directory[-5:]) + int(directory[-9:-5])
        if ends == size - base - 1 and marc.leader[:5] == f"{size:05d}":
            return
    problems = marc.problems
    if marc.leader[:5] != f"{size:05d}":
        message = f"leader/00-04 says {marc.leader[:5]!r}, the record has {size} bytes"
        problems.append(
            Problem("leader-length", "warning", message, "leader", position, value=marc.leader[:24])
        )
    spans = [
        (int(directory[at + 7 : at + 12]), int(directory[at + 3 : at + 7]))
        for at in range(0, len(directory), 12)
        if directory[at + 3 : at + 12].isdecimal()
    ]
    if len(spans) * 12 != len(directory) or not all(
        data[base + start + length - 1 : base + start + length] == FIELD_END for start, length in spans
    ):
        message = (
            "lengths in the directory are wrong (written in another character set?); delimiters were followed"
        )
        problems.append(Problem("directory-repaired", "warning", message, "directory", position))


def _cut_by_directory(
    data: bytes, base: int, tags: list[str], charset: str, found: str
) -> list[tuple[str, str]]:
    """Fields by the directory's own lengths, when each ends where a field ends; else an empty list."""
    fields: list[tuple[str, str]] = []
    for number, tag in enumerate(tags):
        entry = data[24 + 12 * number + 3 : 24 + 12 * number + 12]
        if not entry.isdigit():
            return []
        start = base + int(entry[4:])
        end = start + int(entry[:4])
        if data[end - 1 : end] != FIELD_END:
            return []
        piece = data[start : end - 1].replace(FIELD_END, b" ").replace(RECORD_END, b" ")
        if piece.isascii() and b"\x1b" not in piece:
            text = piece.decode("ascii")
        elif found == "utf-8" and _is_utf8(piece):
            text = _finished(piece.decode("utf-8"), piece, [])
        else:
            text = _finished(charsets.to_text(piece, charset or found)[0], None, [])
        fields.append((tag, text))
    return fields


def _damaged_directory(data: bytes, base: int, charset: str, legacy: str, position: int) -> Marc:
    """A directory that is not made of entries of twelve: entries that look right are used when they fit."""
    entries = _ENTRY.findall(data[24 : base - 1])
    pieces = data[base:].rstrip(b"\x1d\r\n \x00").removesuffix(FIELD_END).split(FIELD_END)
    if not entries or len(entries) != len(pieces):
        return _hopeless(data, position, "directory-unusable", "the directory is damaged beyond repair")
    notes: list[tuple[str, int]] = []
    text, found, lost = _text(data, charset, legacy, notes)
    marc = Marc(text[:24], [], found, report_mended(notes, position) if notes else [])
    body = text[text.find("\x1e", 24) + 1 :].rstrip("\x1d\r\n \x00").removesuffix("\x1e").split("\x1e")
    marc.fields = [
        (entry[:3].decode("ascii"), piece.replace("\x1d", ""))
        for entry, piece in zip(entries, body, strict=False)
    ]
    message = "the directory is damaged; its tags were put to the fields in order"
    marc.problems.append(Problem("directory-wrong", "warning", message, "directory", position))
    if lost:
        _report_lost(marc, lost, position)
    return marc


def _truncated(data: bytes, position: int, whole: int, count: int) -> Marc:
    message = (
        f"the record breaks off: {max(whole, 0)} of {count} fields are there; get it again from the source"
    )
    return _hopeless(data, position, "record-truncated", message)


def _hopeless(data: bytes, position: int, code: str, message: str) -> Marc:
    value = data[:60].decode("ascii", "replace").replace("\ufffd", "?")
    return Marc("", [], "", [Problem(code, "error", message, "leader", position, value=_printable(value))])


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text)


def _report_lost(marc: Marc, lost: int, position: int) -> None:
    wide = sum(len(text) for _, text in marc.fields if not text.isascii()) or 1
    places = [tag for tag, text in marc.fields if charsets.LOST in text][:8]
    where = ", ".join(places)
    if lost / wide > _LOST_LIMIT:
        message = f"the character set is not known: {lost} characters cannot be read as {marc.charset}"
        marc.fields = []
    else:
        message = f"{lost} characters cannot be read as {marc.charset}; each stands as {charsets.LOST}"
    marc.problems.append(Problem("charset-undecodable", "error", message, where, position))
