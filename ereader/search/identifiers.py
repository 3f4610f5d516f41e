"""Recognises identifiers and class marks in what was typed (识别标识符).

A recognised number is looked for as itself *or* as text, since a number that looks like an ISSN may be a
pair of years.
"""

from __future__ import annotations

import re
import unicodedata

from indexer.index.query import Exact
from indexer.records.identifier import isbn13, issn_ok

_LABEL = re.compile(r"(?:isbn|issn|doi|cn|lccn|oclc|urn:isbn|urn:issn)(?:-1[03])?\s*[:：]?\s*", re.IGNORECASE)
_ISBN = re.compile(r"(?:97[89][-\s]?)?(?:[0-9][-\s]?){9}[0-9Xx]\Z")
_ISSN = re.compile(r"[0-9]{4}-?[0-9]{3}[0-9Xx]\Z")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S{1,200})\Z", re.IGNORECASE)
_CN = re.compile(r"(?:CN\s*)?([0-9]{2}-[0-9]{4})(?:/([A-Z]{1,2}[0-9]*))?\Z", re.IGNORECASE)
# Library of Congress: letters, number, cutter. CLC (中国图书馆分类法): letters, number with a point, or
# with a book number.
_LCC = re.compile(r"[A-Z]{1,3}\s?[0-9]{1,4}(?:\.[0-9]+)?\s?\.?[A-Z][0-9]+.{0,40}\Z")
_CLC = re.compile(r"[A-Z]{1,2}[0-9]{1,4}(?:[.-][0-9]+)+\Z")
_CALL = re.compile(r"[A-Z]{1,2}[0-9]{1,4}(?:[.-][0-9]+)*\s?[/\\]\s?[0-9A-Za-z.:=-]{1,20}\Z")
_DDC = re.compile(r"[0-9]{3}\.[0-9]{1,12}\Z")


def labelled(text: str) -> bool:
    """Whether a text says itself which number it is: ``ISBN 7-02-000220-7``, ``doi:10.1000/182``."""
    return (
        re.match(r"(?:isbn|issn|doi|cn|urn)\b|https?://(?:dx\.)?doi\.org/", text.strip(), re.IGNORECASE)
        is not None
    )


def recognise(text: str, *, alone: bool = True) -> Exact | None:
    """The identifier that a text is, in its normal form, when its check digit agrees or its form leaves no
    doubt.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not 6 <= len(text) <= 230:
        return None
    text = re.sub("[‐‑‒–—−]", "-", text)
    if (doi := _DOI.match(text)) is not None:
        return Exact("doi", doi[1].lower())
    bare = _LABEL.sub("", text, count=1) if text[0] in "iIdDcClLoOuU" else text
    if _ISBN.match(bare) and (isbn := isbn13(bare)):
        return Exact("isbn", isbn)
    if _ISSN.match(bare):
        issn = f"{bare[:4]}-{bare[-4:].upper()}"
        if issn_ok(issn) and (alone or not _years(issn)):
            return Exact("issn", issn)
    if (cn := _CN.match(text)) is not None and (cn[2] or text[:2].upper() == "CN"):
        return Exact("identifier", f"{cn[1]}/{cn[2].upper()}" if cn[2] else cn[1])
    if _LCC.match(text) or _CALL.match(text):
        return Exact("callnumber", text)
    if _CLC.match(text) or _DDC.match(text):
        return Exact("class", text)
    return None


def _years(issn: str) -> bool:
    """Whether what might be an ISSN is rather a pair of years, as in ``a history, 1949-1999``."""
    first, _, second = issn.partition("-")
    return second.isdecimal() and 1000 <= int(first) < int(second) <= 2100


def normal_form(field: str, text: str) -> str:
    """What was typed into an identifier field as the index keeps it, whether it checks or not."""
    text = unicodedata.normalize("NFKC", text).strip()
    if field == "isbn":
        return isbn13(text) or re.sub(r"[^0-9Xx]", "", text).upper() or text
    if field == "issn":
        digits = re.sub(r"[^0-9Xx]", "", text).upper()
        return f"{digits[:4]}-{digits[4:]}" if len(digits) == 8 else digits or text
    if field == "doi":
        found = _DOI.match(text)
        return found[1].lower() if found is not None else text.lower()
    if field == "identifier":
        known = recognise(text)
        return (
            known.value
            if known is not None and known.field in ("isbn", "issn", "doi", "identifier")
            else text
        )
    return text
