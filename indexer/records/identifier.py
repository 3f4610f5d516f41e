"""Identifiers in their normal form, kept and flagged when they do not check (标识符).

Every function takes text as a source wrote it and returns an Identifier; nothing raises. Rules: ISBN (ISO
2108), ISSN (ISO 3297), DOI (ISO 26324), CN 统一刊号 (GB/T 9999.1), 统一书号 (the national book number before
1987), LCCN (the Library of Congress's normalisation of its info:lccn namespace), ISMN (ISO 10957), ZDB number
(check digit modulo 11), URN (RFC 8141).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote

from indexer.records.check_digit import ean_ok, isbn10_ok, isbn13_ok, issn_ok, to_isbn10, to_isbn13
from indexer.records.record import Identifier

__all__ = [
    "arxiv",
    "cn_serial",
    "csbn",
    "doi",
    "guess",
    "handle",
    "isbn",
    "isbn13",
    "isbn13_ok",
    "ismn",
    "isrc",
    "issn",
    "issn_ok",
    "lccn",
    "oclc",
    "parse",
    "parse_all",
    "pmid",
    "to_isbn10",
    "to_isbn13",
    "uri",
    "urn",
    "zdb",
]

_LIMIT = 400  # characters of a value that are looked at; the rest cannot be an identifier

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣ー─"), "-")
_HYPHEN_BLANK = {ord("-"): None, ord(" "): None}
_ISBN_PLAIN = re.compile(r"([0-9][0-9 -]{8,16}[0-9Xx])(?![0-9])\s*(.*)", re.S)
_ISBN_ANY = re.compile(r"(?<![0-9])([0-9][0-9 -]{7,16}[0-9Xx])(?![0-9])")
_ISBN_SHORT = re.compile(r"(?<![0-9A-Za-z])([0-9]{6,9}[0-9Xx]?)(?![0-9])")
_FLOAT = re.compile(r"\s*([0-9])\.([0-9]+)[eE]\+?([0-9]{1,2})\s*$")
_TRAILING_ZERO = re.compile(r"\s*([0-9]{7,13})\.0+\s*$")
_QUALIFIER = re.compile(r"[(（\[【]([^)）\]】]{1,120})[)）\]】]")
_ISSN = re.compile(r"(?<![0-9])([0-9]{4})[ -]?([0-9]{3}[0-9Xx])(?![0-9A-Za-z])")
_DOI = re.compile(r"(10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+)")
_CN = re.compile(
    r"(?:CN)?[\s:：-]*([1-6][0-9])\s?-\s?([0-9]{4})(?:\s?/\s?([A-Z]{1,2}(?:[0-9.]+)?(?:-[0-9A-Z]+)?))?", re.I
)
_CSBN = re.compile(r"(?:统一书号|統一書號|书号)?[\s:：]*([0-9]{4,6})\s?[·•・.．‧]\s?([0-9]{1,5}(?:-[0-9]+)?)")
_OCLC = re.compile(r"(?:\(OCoLC\)|oclc[\s:#-]*|ocm|ocn|on)*\s*0*([0-9]{1,14})", re.I)
_ARXIV = re.compile(
    r"(?:arxiv[:\s]*)?((?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7}))(v[0-9]+)?", re.I
)
_URN = re.compile(r"urn:([a-z0-9][a-z0-9-]{1,31}):(\S+)", re.I)
_ISMN = re.compile(r"(?:ISMN)?[\s:]*(?:M|979-?0)[- ]?([0-9][0-9 -]{7,10}[0-9])", re.I)


def _ascii(text: str) -> str:
    """Full-width digits, letters and dashes made plain; the fast path is text that is plain already."""
    if text.isascii():
        return text[:_LIMIT]
    return unicodedata.normalize("NFKC", text[:_LIMIT].translate(_DASHES)).translate(_DASHES)


def isbn13(text: str) -> str:
    """The 13 digits of an ISBN in any form, or '' when there is no sound one (十三位国际标准书号)."""
    found = isbn(text)
    return found.value if found.valid and found.scheme == "isbn" else ""


def isbn(text: str) -> Identifier:
    """An ISBN (国际标准书号) with its qualifier as the note.

    ``valid`` false, value as found, when it does not check.

    Takes hyphens, blanks, full-width digits, binding and price behind it, ISBN-10, spreadsheet numbers
    (``9.78E+12``, ``9787100000017.0``) and ISBNs whose leading zeros a spreadsheet lost: these come back
    whole and the note says so.
    """
    plain = _ascii(text)
    match = _ISBN_PLAIN.match(plain)
    if match and not match.group(2).startswith("."):
        digits = match.group(1).translate(_HYPHEN_BLANK)
        rest = match.group(2)
        size = len(digits)
        if size == 13 and isbn13_ok(digits):
            if digits.startswith("9790"):
                return Identifier("ismn", digits, True, _note(rest))
            return Identifier("isbn", digits, True, _note(rest))
        if size == 10:
            digits = digits.upper()
            if isbn10_ok(digits):
                return Identifier("isbn", to_isbn13(digits), True, _note(rest))
    return _isbn_slow(text, plain)


def _note(rest: str) -> str:
    if not rest:
        return ""
    match = _QUALIFIER.search(rest)
    if match:
        return match.group(1).strip(" .;:：；")
    return ""


def _isbn_slow(text: str, plain: str) -> Identifier:
    number = _FLOAT.match(plain)
    if number:
        whole, fraction, exponent = number.groups()
        digits = whole + fraction
        wanted = int(exponent) + 1
        if wanted in (9, 10, 13) and len(digits) >= wanted - 1:
            full = digits[:wanted].ljust(wanted, "0")
            if wanted == 13 and isbn13_ok(full):
                return Identifier("isbn", full, True, "written as a number")
        return Identifier("isbn", text.strip()[:40], False, "digits lost: written as a rounded number")
    zero = _TRAILING_ZERO.match(plain)
    if zero:
        inner = isbn(zero.group(1))
        return Identifier(inner.scheme, inner.value, inner.valid, inner.note or "written as a number")
    plain = re.sub(r"^\s*(?:ISBN|SBN)(?:-?1[03])?\s*[:：]?\s*", "", plain, flags=re.I)
    found = _ISBN_ANY.findall(plain)
    candidates = [text.translate(_HYPHEN_BLANK).upper() for text in found]
    # A price or another number behind a blank may have been taken along.
    candidates += [text.split(" ")[0].translate(_HYPHEN_BLANK).upper() for text in found if " " in text]
    for digits in candidates:
        for size, ok in ((13, isbn13_ok), (10, isbn10_ok)):
            if len(digits) == size and ok(digits):
                value = digits if size == 13 else to_isbn13(digits)
                return Identifier("ismn" if value.startswith("9790") else "isbn", value, True, _note(plain))
    short = _ISBN_SHORT.search(plain)
    if short and len(short.group(1)) < 10:
        padded = short.group(1).upper().zfill(10)
        if isbn10_ok(padded):
            return Identifier("isbn", to_isbn13(padded), True, "leading zeros restored")
    for digits in candidates:
        if len(digits) in (10, 13):
            return Identifier("isbn", digits, False, "check digit")
    if candidates:
        return Identifier("isbn", candidates[0], False, f"{len(candidates[0])} digits")
    digits = re.sub(r"[^0-9Xx]", "", plain).upper()
    if 8 <= len(digits) <= 20:
        return Identifier("isbn", digits, False, f"{len(digits)} digits")
    return Identifier("isbn", " ".join(text.split())[:80], False, "not an ISBN")


def issn(text: str) -> Identifier:
    """An ISSN (国际标准连续出版物号) as NNNN-NNNC; lost leading zeros are restored and noted."""
    plain = _ascii(text)
    match = _ISSN.search(plain)
    if match:
        value = f"{match.group(1)}-{match.group(2).upper()}"
        ok = issn_ok(value)
        return Identifier("issn", value, ok, _note(plain) if ok else "check digit")
    digits = re.sub(r"\.0$", "", plain.strip()).replace("-", "").upper()
    if re.fullmatch(r"[0-9]{5,7}[0-9X]?", digits) and len(digits) < 8:
        padded = digits.zfill(8)
        value = f"{padded[:4]}-{padded[4:]}"
        if issn_ok(value):
            return Identifier("issn", value, True, "leading zeros restored")
    return Identifier("issn", " ".join(plain.split())[:40], False, "not an ISSN")


def doi(text: str) -> Identifier:
    """A DOI (数字对象标识符) in lower case without prefix or resolver address."""
    plain = _ascii(text).strip()
    if "%" in plain:
        plain = unquote(plain)
    match = _DOI.search(plain)
    if not match:
        return Identifier("doi", " ".join(plain.split())[:120], False, "not a DOI")
    value = match.group(1).rstrip(".,;'\"。，；]>")
    while value.endswith(")") and value.count(")") > value.count("("):
        value = value[:-1]
    return Identifier("doi", value.lower(), True)


# Regions of GB/T 2260 as they open a CN number: 10, 11 central, then the provinces.
_CN_REGIONS = frozenset(
    (*range(10, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))
)


def cn_serial(text: str) -> Identifier:
    """A Chinese serial number (国内统一连续出版物号): ``11-1234/G2``.

    The class after the slash may be missing.
    """
    plain = _ascii(text)
    match = _CN.search(plain)
    if not match:
        return Identifier("cn", " ".join(plain.split())[:40], False, "not a CN number")
    region, serial, topic = match.groups()
    known = int(region) in _CN_REGIONS
    value = f"{region}-{serial}" + (f"/{topic.upper()}" if topic else "")
    return Identifier("cn", value, known, "" if known else "unknown region")


def csbn(text: str) -> Identifier:
    """A national book number of 1956-1986 (统一书号): class and publisher, a dot, the running number:
    ``10019·1234``.
    """
    plain = _ascii(text)
    match = _CSBN.search(plain)
    if not match:
        return Identifier("csbn", " ".join(plain.split())[:40], False, "not a 统一书号")
    return Identifier("csbn", f"{match.group(1)}·{match.group(2)}", True)


_LCCN = re.compile(r"[a-z]{0,3}[0-9]{8}|[a-z]{0,2}[0-9]{10}")


def lccn(text: str) -> Identifier:
    """An LCCN (美国国会图书馆控制号) as the info:lccn namespace normalises it: ``n78-890351`` becomes
    ``n78890351``.
    """
    # Some systems write the blanks of field 010 as ^ or #.
    value = text[:60].replace(" ", "").strip("^#").partition("/")[0].lower()
    head, hyphen, tail = value.partition("-")
    if hyphen:
        value = head + (tail.zfill(6) if tail.isdecimal() else tail)
    if _LCCN.fullmatch(value):
        return Identifier("lccn", value, True)
    match = _LCCN.match(value)
    if match and not value[match.end() : match.end() + 1].isdecimal():
        return Identifier("lccn", match.group(), True)
    return Identifier("lccn", value[:40], False, "not an LCCN")


def oclc(text: str) -> Identifier:
    """An OCLC number without prefix and leading zeros."""
    match = _OCLC.fullmatch(_ascii(text).strip())
    if match and match.group(1) != "0":
        return Identifier("oclc", match.group(1), True)
    return Identifier("oclc", text.strip()[:40], False, "not an OCLC number")


def ismn(text: str) -> Identifier:
    """An ISMN (国际标准音乐作品号) as 13 digits; the old form M-… becomes 979-0-…"""
    plain = _ascii(text).strip()
    match = _ISMN.search(plain)
    digits = match.group(1).translate(_HYPHEN_BLANK) if match else ""
    value = "9790" + digits
    if len(value) == 13 and ean_ok(value):
        return Identifier("ismn", value, True)
    return Identifier(
        "ismn", value if digits else plain[:40], False, "check digit" if digits else "not an ISMN"
    )


def arxiv(text: str) -> Identifier:
    """An arXiv number without its prefix; the version goes into the note."""
    match = _ARXIV.search(_ascii(text).strip())
    if not match:
        return Identifier("arxiv", text.strip()[:40], False, "not an arXiv number")
    return Identifier("arxiv", match.group(1), True, match.group(2) or "")


def pmid(text: str) -> Identifier:
    """A PubMed number."""
    match = re.fullmatch(r"(?:pmid|pubmed)?[\s:]*0*([1-9][0-9]{0,8})", _ascii(text).strip(), re.I)
    return (
        Identifier("pmid", match.group(1), True)
        if match
        else Identifier("pmid", text.strip()[:40], False, "not a PMID")
    )


def urn(text: str) -> Identifier:
    """A URN with ``urn:`` and the namespace in lower case (RFC 8141 clause 3)."""
    match = _URN.search(_ascii(text).strip())
    if not match:
        return Identifier("urn", text.strip()[:200], False, "not a URN")
    return Identifier("urn", f"urn:{match.group(1).lower()}:{match.group(2)}", True)


def handle(text: str) -> Identifier:
    """A Handle without its resolver: ``2027/mdp.39015``."""
    value = re.sub(r"^(?:https?://hdl\.handle\.net/|hdl:|info:hdl/)", "", _ascii(text).strip(), flags=re.I)
    ok = bool(re.fullmatch(r"[0-9A-Za-z.]{1,60}/\S{1,300}", value))
    return Identifier("hdl", value[:300], ok, "" if ok else "not a handle")


def zdb(text: str) -> Identifier:
    """A number of the Zeitschriftendatenbank with its check digit: ``2036358-4``."""
    match = re.search(r"([0-9]{1,9})-?([0-9Xx])\s*$", _ascii(text).strip())
    if not match:
        return Identifier("zdb", text.strip()[:40], False, "not a ZDB number")
    body, check = match.group(1), match.group(2).upper()
    total = sum(int(char) * weight for weight, char in enumerate(reversed(body), start=2))
    ok = total % 11 == (10 if check == "X" else int(check))
    return Identifier("zdb", f"{body}-{check}", ok, "" if ok else "check digit")


def isrc(text: str) -> Identifier:
    """An ISRC (国际标准音像制品编码) as twelve characters."""
    value = re.sub(r"^ISRC|[^A-Za-z0-9]", "", _ascii(text).strip(), flags=re.I).upper()
    ok = bool(re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", value))
    return Identifier("isrc", value[:20], ok, "" if ok else "not an ISRC")


def uri(text: str) -> Identifier:
    """A web address as identifier; only http, https and ftp are sound."""
    value = text.strip()[:2000]
    ok = value[:8].lower().startswith(("http://", "https://", "ftp://"))
    return Identifier("uri", value, ok, "" if ok else "not a web address")


_BY_SCHEME: dict[str, Callable[[str], Identifier]] = {
    "isbn": isbn,
    "issn": issn,
    "issnl": issn,
    "eissn": issn,
    "pissn": issn,
    "doi": doi,
    "cn": cn_serial,
    "csbn": csbn,
    "lccn": lccn,
    "oclc": oclc,
    "ismn": ismn,
    "arxiv": arxiv,
    "pmid": pmid,
    "urn": urn,
    "hdl": handle,
    "handle": handle,
    "zdb": zdb,
    "isrc": isrc,
    "uri": uri,
    "url": uri,
}


def parse(scheme: str, text: str) -> Identifier:
    """An identifier of a scheme in normal form (标识符规范化); an unknown scheme keeps its value.

    '' means: guess.
    """
    if not scheme:
        return guess(text)
    known = _BY_SCHEME.get(scheme)
    if known is None:
        low = scheme.lower()
        known = _BY_SCHEME.get(low)
        if known is None:
            return Identifier(low, " ".join(text[:1000].split()))
    return known(text)


_GUESSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^\s*(?:doi[:\s]|https?://(?:dx\.)?doi\.org/|info:doi/|10\.[0-9]{4,9}/)", re.I), "doi"),
    (re.compile(r"^\s*(?:urn:isbn:|(?:e-?)?isbn)", re.I), "isbn"),
    (re.compile(r"^\s*(?:urn:issn:|(?:[ep]-?)?issn)", re.I), "issn"),
    (re.compile(r"^\s*(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:)", re.I), "arxiv"),
    (re.compile(r"^\s*(?:pmid|pubmed)\s*:", re.I), "pmid"),
    (re.compile(r"^\s*(?:https?://hdl\.handle\.net/|hdl:|info:hdl/)", re.I), "hdl"),
    (re.compile(r"^\s*(?:\(OCoLC\)|ocm[0-9]|ocn[0-9]|oclc[:\s#]|info:oclcnum/)", re.I), "oclc"),
    (re.compile(r"^\s*(?:lccn[:\s]|info:lccn/)", re.I), "lccn"),
    (re.compile(r"^\s*CN\s?[1-6][0-9]\s?[-－]", re.I), "cn"),
    (re.compile(r"^\s*[1-6][0-9]-[0-9]{4}/[A-Z]"), "cn"),
    (re.compile(r"^\s*urn:[a-z0-9]", re.I), "urn"),
    (re.compile(r"^\s*ark:/?[0-9]", re.I), "ark"),
    (re.compile(r"^\s*(?:https?|ftp)://", re.I), "uri"),
    (re.compile(r"^\s*97[89][0-9 -]{10,14}\s*(?:$|[(（:])"), "isbn"),
    (re.compile(r"^\s*[0-9]{4}-[0-9]{3}[0-9Xx]\s*$"), "issn"),
)


def guess(text: str) -> Identifier:
    """An identifier whose scheme only its own form tells (dc:identifier).

    Scheme ``local`` when nothing fits.
    """
    for pattern, scheme in _GUESSES:
        if pattern.search(text[:_LIMIT]):
            cut = re.sub(r"^\s*(?:info:(?:doi|oclcnum|lccn)/|lccn[:\s]+)", "", text, flags=re.I)
            return parse(scheme, cut)
    plain = _ascii(text).strip().translate(_HYPHEN_BLANK)
    if len(plain) == 10 and isbn10_ok(plain.upper()):
        return isbn(plain)
    return Identifier("local", " ".join(text[:1000].split()))


def parse_all(scheme: str, text: str) -> list[Identifier]:
    """Every identifier of a cell that may hold several (``9787….

    9787…``): split at commas, semicolons, bars and blanks lines.
    """
    parts = [part for part in re.split(r"[,;；，、|\n]+", text[:20_000]) if part.strip()]
    found = [parse(scheme, part) for part in parts]
    return list({(item.scheme, item.value): item for item in found}.values())
