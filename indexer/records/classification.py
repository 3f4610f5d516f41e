"""Class numbers (分类号): validity, normal form and the path of hierarchical facets.

Schemes: ``clc`` 中国图书馆分类法, ``lcc`` Library of Congress Classification, ``ddc`` Dewey, ``udc``, ``cas``
中科院分类法, ``sibu`` 四部. The upper classes have names (``class_names.tsv``); deeper steps of a path are
shown as their numbers.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from indexer.records.record import Class

_CLC = re.compile(
    r"(?:[A-KN-SUVXZ]|T[A-NP-SUVQ]?)(?:[0-9][0-9]{0,6})?(?:[./=\-\"'(<#:+][0-9A-Z.\-/=()\"<>:+*#{}\[\]']{0,"
    r"30})*[a]?"
)
_LCC = re.compile(r"([A-HJ-NP-VZ][A-Z]{0,2})\s?(?:([0-9]{1,4})(\.[0-9]{1,4})?)?(?![0-9A-Za-z])")
_DDC = re.compile(r"([0-9]{3})(?:\.([0-9]{1,20}))?")
# Shelf marks that the Library of Congress writes in place of a class number.
_LCC_SHELF = re.compile(
    r"(?:W?MLC|MICRO|NEWSPAPER|LAW|NOT IN LC|IN PROCESS|RARE BOOK|ISSN|CURRENT ISSUES|UNCLASSED|DISCARD)",
    re.I,
)
_UDC = re.compile(r"[0-9(\"=]")
_PARTS = re.compile(r"\s*(?:/|--|－|·|>|→|\||,|，|::)\s*")
_SIBU: dict[str, str] = {"經": "经", "子": "子", "史": "史", "集": "集", "经": "经", "叢": "丛", "丛": "丛"}


@lru_cache(maxsize=32768)
def normalise(scheme: str, value: str) -> Class:
    """A class number in normal form (分类号规范): blanks, prime marks, full width and marks of the field
    taken off.
    """
    number = value.strip()
    if not number.isascii():
        number = unicodedata.normalize("NFKC", number)
    number = " ".join(number.split())
    if scheme == "ddc":
        number = number.replace("/", "").replace("'", "").replace("’", "").strip("[]. ")
    elif scheme == "lcc":
        number = number.strip("[]. ")
    elif scheme == "clc":
        number = number.strip("[]. ;；,，")
        if number[:1].islower():
            letters = 2 if number[:1] == "t" and number[1:2].isalpha() else 1
            number = number[:letters].upper() + number[letters:]
    return Class(number[:120], scheme.lower())


@lru_cache(maxsize=32768)
def valid(scheme: str, number: str) -> bool:
    """Whether a number can be one of its scheme (分类号是否合法).

    Schemes without rules here take anything.
    """
    if scheme == "clc":
        return bool(_CLC.fullmatch(number.replace(" ", "")))
    if scheme == "lcc":
        return bool(_LCC.match(number) or _LCC_SHELF.match(number))
    if scheme == "ddc":
        return bool(_DDC.match(number)) or number.upper() in (
            "B",
            "E",
            "F",
            "FIC",
            "[FIC]",
            "[E]",
            "[B]",
            "M",
        )
    if scheme == "udc":
        # UDC takes names and words as extensions, so only its auxiliary signs and digits can be asked for.
        return bool(_UDC.match(number)) and any(map(str.isdigit, number))
    return bool(number)


@lru_cache(maxsize=32768)
def numbered(scheme: str, number: str) -> bool:
    """Whether a number names a class of its scheme (是否类号): a shelf mark (MLCS 2002/03267) does not."""
    if scheme == "lcc":
        return bool(_LCC.match(number)) and not _LCC_SHELF.match(number)
    if scheme == "ddc":
        return bool(_DDC.match(number))
    if scheme == "clc":
        return bool(re.match(r"[A-KN-VXZ]", number))
    return True


@lru_cache(maxsize=32768)
def path(scheme: str, number: str) -> tuple[str, ...]:
    """The steps from the main class down to a number (分类层级), widest first.

    () where the number is not valid.

    ``clc K248.107`` → K, K2, K24, K248, K248.1; ``lcc BQ4710.A8`` → B, BQ, BQ4710; ``ddc 823.912`` → 800,
    820, 823, 823.9; ``sibu 史部/地理類/都會郡縣`` → 史部, 史部/地理類, 史部/地理類/都會郡縣.
    """
    if scheme == "clc" and valid(scheme, number):
        match = re.match(r"(T[A-Z]|[A-Z])([0-9]*)(?:\.([0-9]))?", number.replace(" ", ""))
        if not match:
            return ()
        letters, digits, decimal = match.groups()
        steps = [letters[0], letters] if len(letters) > 1 else [letters]
        steps.extend(letters + digits[:size] for size in range(1, len(digits) + 1))
        if decimal and digits:
            steps.append(f"{letters}{digits}.{decimal}")
        return tuple(steps)
    if scheme == "lcc":
        match = _LCC.match(number)
        if not match:
            return ()
        letters, digits, _ = match.groups()
        steps = [letters[0]]
        if len(letters) > 1:
            steps.append(letters)
        if digits:
            steps.append(letters + digits)
        return tuple(steps)
    if scheme == "ddc":
        match = _DDC.match(number)
        if not match:
            return ()
        whole, decimal = match.groups()
        steps = list(dict.fromkeys((f"{whole[0]}00", f"{whole[:2]}0", whole)))
        if decimal:
            steps.append(f"{whole}.{decimal[0]}")
        return tuple(steps)
    if scheme == "sibu":
        parts = [part for part in _PARTS.split(number[:120]) if part]
        return tuple("/".join(parts[: size + 1]) for size in range(min(len(parts), 5)))
    return ()


@cache
def _names() -> dict[tuple[str, str], tuple[str, str]]:
    lines = (files(__package__) / "class_names.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {(scheme, step): (zh, en) for scheme, step, zh, en in rows}


def label(scheme: str, step: str, language: str = "zh") -> str:
    """The name of a step (类名) in ``zh`` or ``en``; '' where the table has none."""
    names = _names().get((scheme, step))
    return "" if names is None else names[0] if language.startswith("zh") else names[1]


def named(scheme: str) -> tuple[str, ...]:
    """The steps of a scheme that have names, in the order of the scheme (类目)."""
    return tuple(step for known, step in _names() if known == scheme)


def guess(number: str) -> str:
    """The scheme a bare number looks like (猜测分类法): clc, lcc, ddc, sibu or ''."""
    text = number.strip()
    if re.fullmatch(r"[0-9]{3}(?:\.[0-9]+)?", text):
        return "ddc"
    if text[:1] in _SIBU and ("部" in text[:2] or "类" in text or "類" in text):
        return "sibu"
    if re.match(r"(?:[A-KN-SUVXZ]|T[A-NP-SUVQ])[0-9]+(?:\.[0-9]+)?(?:[=\-\"(][0-9]|$)", text):
        return "clc"
    if re.match(r"[A-Z]{1,3}[0-9]{1,4}(?:\.[0-9]+)?\s?\.?[A-Z][0-9]", text):
        return "lcc"
    return ""
