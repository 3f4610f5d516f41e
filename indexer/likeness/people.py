"""Names made comparable (责任者比较): whose names may be the same person's, in whatever order and script.

Of a Western name the family name and the initial of a given name count, since half of the sources give no
more; of a Chinese one the whole name, or its pinyin when the other side is in Latin letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA, Levenshtein

from indexer.records import name as names
from indexer.records.record import Contributor
from indexer.text.fold import fold
from indexer.text.pinyin import syllables

MAX_PEOPLE = 30
_BRACKETS = re.compile(r"[(\[（［【〔][^()\[\]（）［］【】〔〕]{0,80}[)\]）］】〕]")
_WORDS = re.compile(r"\w+")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_JOIN = re.compile(r"\s*;\s*|\s+and\s+|\s*&\s*", re.I)
_PARTICLES = frozenset(
    "von van der den de la le du da di del della dos das ter ten zu zur al el bin ibn st saint".split()  # noqa: SIM905
)
_SUFFIX = frozenset(["jr", "sr", "ii", "iii", "iv", "md", "phd", "dr", "prof"])
_ETC = re.compile(r"[,;]?\s*(?:\[?\bet\.? al\b\.?\]?|\band others\b|\.\.\.|…)\s*$", re.I)
_INITIALS = re.compile(r"^(?:[A-Z]\.?[- ]?){1,4}$")
_EDITION_ROLES = frozenset(
    {"translator", "illustrator", "annotator", "narrator", "writer of preface", "printer"}
)


class Name(NamedTuple):
    """A name (责任者): ``whole`` compact; ``family`` what may be the family name; ``given`` initials."""

    whole: str
    family: frozenset[str]
    given: str
    han: bool
    bag: str = ""  # all words of a name of several, in the order of letters


def people_of(contributors: tuple[Contributor, ...]) -> tuple[Name, ...]:
    """The people and bodies of a record, each once, in order; a list in one string is taken apart."""
    found: dict[str, Name] = {}
    for who in contributors[: MAX_PEOPLE * 2]:
        text = _ETC.sub("", who.name[:400]).translate(_ARABIC_MARKS) if who.name else ""
        parts = _parts(text) if who.kind == "person" else [text]
        for part in parts:
            one = name_of(part, who.kind)
            if one.whole and one.whole not in _NOBODY:
                found.setdefault(one.whole, one)
        if who.romanised and (also := name_of(who.romanised, who.kind)).whole:
            held = found.get(one.whole) if parts else None
            if held is not None:
                found[held.whole] = held._replace(family=held.family | also.family, given=also.given)
        if len(found) >= MAX_PEOPLE:
            break
    return tuple(found.values())


_ENDINGS = tuple(map(fold, ("等", "编著", "主编", "著", "编", "撰", "译")))
_NOBODY = frozenset(
    {
        "anonymous",
        "anon",
        "unknown",
        "noauthor",
        "佚名",
        "无名氏",
        "不详",
        "etal",
        "others",
        "阙名",
        "闕名",
        "",
    }
)


def _parts(text: str) -> list[str]:
    if ";" in text or " and " in text or " & " in text:
        parts = [part for part in _JOIN.split(text) if part]
        # John Smith, Bob Jones and Eve Black: the comma parts names here, not the family name from the given.
        if ";" not in text:
            return [piece for part in parts for piece in _between_commas(part)]
        return parts
    if "," in text and not _HAN.search(text):
        # In Arabic the comma stands behind the name by which one is filed; names are parted by semicolons.
        return [text] if _ARABIC.search(text) else _between_commas(text)
    if "、" in text or "，" in text:
        return [part for part in re.split("[、，]", text) if part]
    return [text]


def _between_commas(text: str) -> list[str]:
    """The names of a list with commas; one name where the comma stands behind the family name."""
    if "," in text:
        pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
        # Smith J, Jones B: between names of several words each, and no particle before the first.
        if len(pieces) > 1 and all(" " in piece for piece in pieces):
            if len(pieces) > 2 or fold(pieces[0].split()[0]) not in _PARTICLES:
                return pieces
        elif len(pieces) > 3 and len(pieces) % 2 == 0 and all(map(_INITIALS.match, pieces[1::2])):
            return [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)]
    return [text]


_ARABIC_MARKS = str.maketrans("،؛", ",;")
_ARABIC = re.compile("[\u0600-\u06ff]")
# By, compiled by, edited by … before a name in Arabic.
_ARABIC_ROLE = re.compile(
    r"^(?:تأليف|تاليف|تحقيق|ترجمة|إعداد|اعداد|تصنيف|جمع|شرح|تقديم|بقلم|دراسة|مراجعة|إشراف|اشراف|وإعداد|وتحقيق|وتقديم|و|\s)+\s"
)


@lru_cache(maxsize=65536)
def name_of(text: str, kind: str = "person") -> Name:
    """One name in any order: ``Smith, J. A.``, ``J. A. Smith``, ``Smith JA``, ``张伟``, ``[清] 曹雪芹``."""
    if _ARABIC.search(text):
        text = _ARABIC_ROLE.sub("", text.translate(_ARABIC_MARKS))
    one = _name_of(text, kind)
    if one.han:
        return one
    words = sorted(_WORDS.findall(fold(_BRACKETS.sub(" ", text)).replace("'", "").replace("-", " ")))
    return one._replace(bag=" ".join(words)) if len(words) > 1 and len(words[-1]) > 1 else one


def _name_of(text: str, kind: str) -> Name:
    if _HAN.search(text):
        bare = _BRACKETS.sub("", names.split_origin(text)[1]) or text
        whole = "".join(_WORDS.findall(fold(bare))).replace("_", "")
        for ending in _ENDINGS:
            if len(whole) > len(ending) + 2 and whole.endswith(ending):
                whole = whole.removesuffix(ending)
                break
        # Of a foreign name in characters many catalogues give the last part only.
        last = re.split("[·.．•・‧]", bare)[-1]
        return Name(
            whole,
            frozenset({whole, "".join(_WORDS.findall(fold(last)))} if last != bare else {whole}),
            "",
            True,
        )
    bare = _BRACKETS.sub(" ", text)
    head, comma, rest = bare.partition(",")
    folded = fold(bare).replace("'", "").replace("-", " ")
    whole = "".join(_WORDS.findall(folded))
    if kind != "person":
        return Name(whole, frozenset({whole}), "", False)
    if comma:
        family = [w for w in _words(head) if w not in _SUFFIX]
        given = [w for w in _words(rest.split(",")[0]) if not w.isdecimal() and w not in _SUFFIX]
        if not given and "," in rest:
            given = [w for w in _words(rest) if not w.isdecimal() and w not in _SUFFIX]
        if len(family) > 2 and not given:
            comma = ""
        else:
            return Name(whole, _families(family), "".join(w[0] for w in given), False)
    words = [w for w in _WORDS.findall(bare.replace("'", "").replace("’", "").replace("-", " ")) if w]
    words = [w for w in words if fold(w) not in _SUFFIX] or words
    if not words:
        return Name(whole, frozenset({whole}), "", False)
    if len(words) > 2 and len(words[0]) > 1 and all(len(w) == 1 and w.isupper() for w in words[1:]):
        return Name(whole, _families([fold(words[0])]), "".join(map(fold, words[1:])), False)
    if (len(words) > 1 and words[-1].isupper() and len(words[-1]) <= 3 and not words[0].isupper()) or (
        len(words) == 2 and len(words[-1]) <= 2 and words[-1].isupper() and len(words[0]) > 2
    ):
        return Name(whole, _families([fold(w) for w in words[:-1]]), fold(words[-1]), False)
    if len(words) > 2 and all(len(w) == 1 for w in words[1:]):
        return Name(whole, _families([fold(words[0])]), "".join(map(fold, words[1:])), False)
    if len(words) == 1:
        return Name(whole, frozenset({fold(words[0])}), "", False)
    family, given = [fold(words[-1])], [fold(w) for w in words[:-1]]
    while len(given) > 1 and given[-1] in _PARTICLES:
        family.insert(0, given.pop())
    # Wei Zhang or Zhang Wei: without a comma nobody can say which is the family name.
    found = _families(family)
    if len(given) == 1 and len(given[0]) > 2:
        return Name(whole, found | {given[0]}, given[0][0] + family[-1][0], False)
    return Name(whole, found, "".join(w[0] for w in given), False)


def _words(text: str) -> list[str]:
    return [w for w in _WORDS.findall(fold(text).replace("'", "").replace("-", " ")) if w]


def _families(words: list[str]) -> frozenset[str]:
    """The family name in one piece, without its particles, and its last part."""
    bare = [w for w in words if w not in _PARTICLES] or words
    return frozenset({"".join(words), "".join(bare), bare[-1]} if bare else ())


@lru_cache(maxsize=8192)
def _spelled(whole: str) -> tuple[str, str, str]:
    """(family name, given name, initials) in pinyin."""
    parts = syllables(whole, name=True)
    at = 2 if names.has_double_surname(whole) else 1
    return "".join(parts[:at]), "".join(parts[at:]), "".join(p[0] for p in parts[at:])


def same_name(a: Name, b: Name) -> float:
    """1 for what may be one name, 0.5 for one family name with other initials, 0 for two names."""
    if a.whole == b.whole or (a.bag and a.bag == b.bag):
        return 1.0
    if a.han != b.han:
        han, latin = (a, b) if a.han else (b, a)
        if not han.family.isdisjoint(latin.family):
            return 1.0
        if len(han.whole) > 4:
            return 0.0
        family, given, initials = _spelled(han.whole)
        family, given = family.replace("v", "u"), given.replace("v", "u")
        if family not in latin.family and family + given != latin.whole and given + family != latin.whole:
            return 0.0
        return 1.0 if not latin.given or initials[:1] in latin.given else 0.5
    if not a.family.isdisjoint(b.family):
        if a.han or not a.given or not b.given:
            return 1.0
        return 1.0 if a.given[0] in b.given[:2] or b.given[0] in a.given[:2] else 0.5
    if a.han:
        if _one_sign(a.whole, b.whole):
            return 0.8
        # A word of responsibility of one character is easily left at a name: 萧涤非选.
        short, long = sorted((a.whole, b.whole), key=len)
        return 0.8 if len(long) - len(short) == 1 and len(short) > 2 and long.startswith(short) else 0.0
    for one in a.family:
        for other in b.family:
            if min(len(one), len(other)) >= 5 and OSA.distance(one, other, score_cutoff=2) <= 1:
                return 0.8 if not a.given or not b.given or a.given[0] == b.given[0] else 0.0
    if min(len(a.whole), len(b.whole)) >= 8 and (a.whole in b.whole or b.whole in a.whole):
        return 0.8
    return 0.0


def _one_sign(a: str, b: str) -> bool:
    return min(len(a), len(b)) >= 4 and Levenshtein.distance(a, b, score_cutoff=2) <= 1


def people_level(a: tuple[Name, ...], b: tuple[Name, ...]) -> str:
    """same, some, kin (family names only), differ, one (a side names nobody) or none.

    Lists are often cut (``et al.``), so agreement is counted on the shorter one.
    """
    if not a or not b:
        return "none" if not a and not b else "one"
    one, other = (a, b) if len(a) <= len(b) else (b, a)
    sure = near = 0.0
    left = list(other)
    for who in one[:12]:
        best, at = 0.0, -1
        for i, candidate in enumerate(left):
            likeness = same_name(who, candidate)
            if likeness > best:
                best, at = likeness, i
                if best == 1.0:
                    break
        if best >= 0.8:
            sure += 1
            left.pop(at)
        elif best:
            near += 1
    compared = min(len(one), 12)
    if sure == compared or (sure >= 2 and sure >= 0.6 * compared):
        return "same"
    if sure:
        return "some"
    return "kin" if near else "differ"
