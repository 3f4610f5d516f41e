"""Titles made comparable (题名比较): forms of one title, how near two are, and what tells them apart.

Comparing strings by edits alone is not enough: ``Part I`` and ``Part II`` are one letter apart and two works,
``[Aspirin in der Praxis]`` and ``Aspirin in der Praxis.`` differ in four signs and are one. So a title is
taken apart first: its forms (whole, before the colon, other languages), its numbers, and words such as
erratum that make another text of it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from indexer.likeness.scripts import romanised, script_of
from indexer.match.numbering import han_number
from indexer.text.fold import fold
from indexer.text.pinyin import syllables

MAX_FORMS = 8
MAX_TEXT = 600  # signs of a title that are compared; a whole abstract in the field is no title
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,9}(?: [^<>]{0,80})?/?>|&(?:[a-z]{2,8}|#[0-9]{1,5});", re.I)
_WORD = re.compile(r"\w+")
_OUTER = re.compile(r"^\W*[\[［【](.{4,})[\]］】]\W*$", re.S)
_TAIL = re.compile(
    r"\s*[\[(（［](?:article in [^\])]*|in [A-Z][a-z]+|author'?s? transl\.?"
    r"|[^\[\]()]{0,30} (?:edition|ausg\.?)|with discussions?"
    r"|(?:extended|invited|short) (?:abstract|talk|paper)|poster|demonstration"
    r"|electronic resource|computer file|sound recording|videorecording|microform"
    r"|(?:abstract|letter|review|proceedings|editorial|clinical conference|comment)s?"
    r"|see comments?[^\[\]()]*|[0-9]* ?ref(?:erence)?s?|(?:published )?erratum[^\[\]]*|corrected"
    r"|retracted[^\[\]]*|summary for patients in[^\[\]]*"
    r"|电子资源|電子資源|录音资料|录像资料|专著|專著|[MJDCRNPSA](?:/OL)?)[\])）］]\W*$",
    re.I,
)
_HEAD = re.compile(
    r"^\W*(?:retracted(?: article)?|original (?:article|paper|research)|(?:review|research) article"
    r"|full papers?|withdrawn)\s*[:.\-–—]\s*",
    re.I,
)
_COLON = re.compile(r"\s*(?: : |: |：|——|--| - | – | — |(?<=[a-z]{4})\. (?=[a-z]))\s*")
_ROMAN_TOKEN = re.compile(r"^(?:x{0,3})(?:ix|iv|v?i{0,3})$")
_ROMAN = {"i": 1, "v": 5, "x": 10}
_PART_NUMBER = re.compile(r"\b(?:part|pt|parts|teil|partie|parte) ([0-9]{1,2}|[ivx]+|two|three|four|five)\b")
_DIGITS = re.compile(r"[0-9]+")
_HAN_PART = re.compile(
    r"第([〇一二三四五六七八九十百]+)|[(（]([一二三四五六七八九十上中下续]{1,3})[)）]|之([一二三四五六七八九十]+)(?=\W|$)"
    r"|([上中下])[卷册冊篇编編集部](?=\W|$)|(?<=[\s·.:：,，])([上中下]|[一二三四五六七八九十]{1,3})$|([续續](?:集|编|編|篇)?)(?=\W*$)"
)
_ORDINALS = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10", "one": "1", "two": "2", "three": "3", "four": "4",
    "erster": "1", "zweiter": "2", "dritter": "3", "vierter": "4", "premier": "1", "deuxieme": "2",
    "troisieme": "3",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu",
    "ω": "omega", "σ": "sigma", "τ": "tau", "ß": "ss", "&": " and ", "@": " at ", "₂": "2", "²": "2",
}  # fmt: skip
_GREEK_TABLE = str.maketrans({k: f" {v} " if len(v) > 2 else v for k, v in _GREEK.items()})
# A scale, with blanks or marks between its thousands: 1:50 000.
_SCALE = re.compile(
    r"\b1 ?: ?([0-9]{1,3})(?:[ .,'’\u202f\u00a0]([0-9]{3}))(?:[ .,'’\u202f\u00a0]([0-9]{3}))?\b"
)
_GREEK_WORD = re.compile("[\u0370-\u03ff\u1f00-\u1fff]{3}")
_HAN_ORDER = re.compile("第([一二三四五六七八九十百〇]{1,5})(?![一二三四五六七八九十百〇])")
_SMALL_LETTER = re.compile(
    r"(?<![\w.])(?<!part )(?<!phase )(?<!type )(?<!stage )(?<!teil )(?<!band )[ivx](?![\w.])"
)
_STOP = frozenset(
    "a an the of in on for and or to with by from at as is are der die das des dem den ein eine und von im "  # noqa: SIM905
    "zu le la les de du des et un une en el los las y del di il lo e da do".split()
)
_ARTICLES = frozenset("the a an der die das le la les el los las il lo".split())  # noqa: SIM905


class Titles(NamedTuple):
    """A title in the forms that are compared (题名各形)."""

    full: frozenset[str]  # compact: without blanks and marks
    short: frozenset[str]  # compact, without what follows the colon
    also: frozenset[str]  # compact, in other languages or scripts
    words: str  # the first full form with blanks
    compact: str  # the same without
    numbers: tuple[str, ...]
    marks: frozenset[str]  # erratum, reply …
    generic: bool
    bracketed: bool  # [a translation made by the data base]
    script: str = ""  # of the first form, see `script_of`


EMPTY = Titles(frozenset(), frozenset(), frozenset(), "", "", (), frozenset(), True, False)


@cache
def _tables() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], re.Pattern[str], frozenset[str]]:
    table = tomllib.loads((files(__package__) / "titles.toml").read_text(encoding="utf-8"))
    marks = tuple((name, re.compile(pattern)) for name, pattern in table["marks"].items())
    generic = frozenset(t.replace(" ", "") for group in table["generic"].values() for t in map(fold, group))
    return marks, re.compile(table["generic_pattern"]["beginning"]), generic


def spaced(text: str) -> str:
    """A text folded, marks replaced by one blank each: ``Tumor-α, 2nd`` → ``tumor alpha 2nd``."""
    if not text.isascii():
        # A letter among Latin words has a name; in a Greek title it is a letter.
        greek = _GREEK_WORD.search(text) is not None
        text = text.replace("&", " and ") if greek else text.translate(_GREEK_TABLE)
    elif "&" in text:
        text = text.replace("&", " and ")
    return " ".join(_WORD.findall(fold(text).replace("'", "").replace("_", " ")))


def titles_of(title: str, remainder: str = "", others: tuple[str, ...] = ()) -> Titles:
    """The forms of a title; ``remainder`` is what follows the colon where the source keeps it apart.

    ``others`` are parallel, translated and romanised titles.
    """
    return _titles_of(title[:MAX_TEXT], remainder[:MAX_TEXT], others[:MAX_FORMS])


@lru_cache(maxsize=8192)
def _titles_of(title: str, remainder: str, others: tuple[str, ...]) -> Titles:
    bracketed = False
    text = _TAG.sub(" ", title) if "<" in title or "&" in title else title
    text = _HEAD.sub("", text)
    if "第" in text:
        text = _HAN_ORDER.sub(lambda found: f"第{han_number(found[1])}", text)
    if "1:" in text or "1 :" in text:
        text = _SCALE.sub(lambda found: f"1:{''.join(filter(None, found.groups()))}", text)
    for _ in range(3):
        text = _TAIL.sub("", text)
        if text[:1] in "[［【" and (inner := _OUTER.match(text)):
            text, bracketed = inner[1], True
    cut = text.split(" / ")[0]
    parallel: tuple[str, ...] = ()
    if " = " in cut:
        cut, *more = cut.split(" = ")
        parallel = tuple(more)
    words = spaced(cut)
    full = spaced(f"{cut} {remainder}") if remainder else words
    if not words:
        return EMPTY
    beginning = _COLON.split(cut, 1)[0]
    least = 3 if beginning.isascii() else 1
    short = spaced(beginning) if len(beginning) < len(cut) and len(beginning) > least else words
    also = {c for c in (_compact(spaced(other)) for other in (*parallel, *others)) if len(c) > 1}
    script = script_of(full)
    if script in ("cyrillic", "greek"):
        also |= {_compact(form) for text in {full, words} for form in romanised(text)}
    marks_table, generic_beginning, generic = _tables()
    compact = _compact(full)
    return Titles(
        frozenset((compact, _compact(words))) if not remainder else frozenset((compact,)),
        frozenset((_compact(words), _compact(short))),
        frozenset(also - {compact}),
        full,
        compact,
        numbers(full, cut if not remainder else f"{cut} {remainder}"),
        frozenset(name for name, pattern in marks_table if pattern.search(full)),
        _compact(words) in generic or len(compact) < 2 or bool(generic_beginning.match(full)),
        bracketed,
        script,
    )


def _compact(words: str) -> str:
    first, _, rest = words.partition(" ")
    if rest and first in _ARTICLES:
        words = rest
    return words.replace(" ", "")


def numbers(words: str, raw: str) -> tuple[str, ...]:
    """All numbers of a title, sorted as texts: Roman and Chinese ones and words of order among them.

    A small i, v or x between words with capitals is a word: and in Russian or Polish, in in Russian.
    """
    found: list[str] = []
    small = _SMALL_LETTER.findall(raw) if raw != raw.lower() else []
    for word in words.split():
        if word in small:
            small.remove(word)
            continue
        if word in _ORDINALS:
            found.append(_ORDINALS[word])
        elif word.isascii() and len(word) <= 6 and _ROMAN_TOKEN.match(word):
            values = [_ROMAN[c] for c in word]
            found.append(str(sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))))
        else:
            found += [n.lstrip("0") or "0" for n in _DIGITS.findall(word) if n.isascii()]
    if not raw.isascii():
        for match in _HAN_PART.finditer(fold(raw)):
            text = next(group for group in match.groups() if group)
            number = int(text) if text.isascii() and text.isdecimal() else han_number(text)
            found.append(str(number) if number is not None else text[0])
    return tuple(sorted(found))


def number_level(a: Titles, b: Titles) -> str:
    """same, one (numbers on one side only), added (one title is the other and a number) or differ."""
    if a.numbers == b.numbers or not a.full.isdisjoint(b.full):
        return "same"
    one, other = Counter(a.numbers), Counter(b.numbers)
    left, right = one - other, other - one
    if left and right:
        return "differ"
    # What nobody numbered may be the first part, but not the second.
    more, less = (a, b) if left else (b, a)
    if any(number != "1" for number in map(_as_number, _PART_NUMBER.findall(more.words))):
        return "differ"
    # Nothing but a number more: the year of a report, the second of two books. A first part often has none.
    bare = _DIGITS.sub("", more.compact)
    only = any(bare == _DIGITS.sub("", form) for form in less.full)
    return "added" if only and set(left or right) != {"1"} else "one"


def _as_number(word: str) -> str:
    if word.isdecimal():
        return word.lstrip("0")
    values = [_ROMAN.get(c, 0) for c in word]
    return _ORDINALS.get(word) or str(sum(-v if v < max(values[i:]) else v for i, v in enumerate(values)))


def level(a: Titles, b: Titles) -> str:
    """equal, contained, near, similar, weak, differ, or script where no form can be compared.

    ``contained``: one lacks the other's subtitle, or has a form that is a variant of it. ``near``: all words
    agree but for slips of the pen. ``similar``: most signs agree, but a word is another. ``weak``: more
    alike than chance.
    """
    if not a.full.isdisjoint(b.full):
        return "equal"
    if not (a.also.isdisjoint(b.full) and b.also.isdisjoint(a.full) and a.also.isdisjoint(b.also)):
        return "equal"
    if not a.compact or not b.compact:
        return "differ"
    if a.script != b.script:
        return _across(a, b)
    if not (a.full.isdisjoint(b.short) and b.full.isdisjoint(a.short)):
        return "contained"
    if _sections(a.words, b.words):
        return "weak"
    best = fuzz.ratio(a.compact, b.compact, score_cutoff=60)
    if best >= 88 and _slips_only(a, b):
        return "near"
    if _begins(a, b) or _begins_near(a, b):
        return "contained"
    if best >= 85:
        return "similar"
    if not a.compact.isascii() and not b.compact.isascii():
        return "weak" if best >= 65 else "differ"
    tokens = fuzz.token_sort_ratio(a.words, b.words, score_cutoff=60)
    if tokens >= 92 and best >= 60 and _slips_only(a, b):
        return "near"
    return "similar" if tokens >= 88 else "weak" if max(best, tokens) >= 68 else "differ"


def _across(a: Titles, b: Titles) -> str:
    """The level of titles in two scripts: by a form that both have, by pinyin, or none (``script``)."""
    best = ""
    for one in (a.compact, *a.also):
        for other in (b.compact, *b.also):
            if script_of(one) == script_of(other):
                best = max(best, _spelled_level(one, other), key=_SPELLED.index)
    if best:
        return best
    han, latin = (a, b) if a.script == "han" else (b, a)
    if (han.script, latin.script) == ("han", "latin") and latin.compact.isascii():
        found = _spelled_level(_pinyin(han.compact), latin.compact)
        if found != "differ":
            return found
        short = _pinyin(min(han.short, key=len))
        if len(short) >= 8 and short in latin.short:
            return "contained"
    # A title in characters may be Japanese, whose sounds these are not: nothing is known.
    return "script"


_SPELLED = ("", "differ", "contained", "near")


def _spelled_level(one: str, other: str) -> str:
    """How near two spellings are; rules of romanisation and readings of characters differ by a letter here
    and there.
    """
    short, long = sorted((one, other), key=len)
    if len(short) >= 6 and fuzz.ratio(one, other, score_cutoff=92):
        return "near"
    return "contained" if len(short) >= 12 and long.startswith(short) else "differ"


@lru_cache(maxsize=8192)
def _pinyin(compact: str) -> str:
    return "".join(syllables(compact)).replace("v", "u")


def _sections(a: str, b: str) -> bool:
    """Whether Chinese titles differ in a short last part only, which names a section: 经部 and 史部."""
    if a.isascii() or b.isascii():
        return False
    one, _, last = a.rpartition(" ")
    other, _, end = b.rpartition(" ")
    return one == other != "" and last != end and max(len(last), len(end)) <= 6 and not last.isascii()


def _begins(a: Titles, b: Titles) -> bool:
    """Whether one is the beginning of the other, cut at a word, and long enough to say something."""
    one, other = sorted((a.words, b.words), key=len)
    if not other.startswith(one):
        return False
    if len(one) >= 30 and one.count(" ") >= 3:
        return True  # cut off where a field of an old system ended, in the middle of a word too
    if one.isascii():
        return (other[len(one) : len(one) + 1] == " ") and one.count(" ") >= 2
    return len(one) >= 6 and other[len(one) : len(one) + 1] == " "


def _begins_near(a: Titles, b: Titles) -> bool:
    """Whether one, but for a slip, is what stands before the colon of the other."""
    one, other = (a, b) if len(a.compact) <= len(b.compact) else (b, a)
    if len(one.compact) < 10 or not one.compact.isascii():
        return False
    return any(
        abs(len(short) - len(one.compact)) < 2 and OSA.distance(short, one.compact, score_cutoff=2) <= 1
        for short in other.short
    )


def _slips_only(a: Titles, b: Titles) -> bool:
    if not (a.compact.isascii() and b.compact.isascii()):
        shorter = min(len(a.compact), len(b.compact))
        distance = OSA.distance(a.compact, b.compact, score_cutoff=3)
        if any(ord(c) > 0x2E7F for c in a.compact):
            if len(a.compact) != len(b.compact):
                return shorter >= 8 and distance <= 1
            return shorter >= 8 and _misheard(a.compact, b.compact)
        return _words_agree(a.words, b.words)
    return _words_agree(a.words, b.words) or OSA.distance(a.compact, b.compact, score_cutoff=2) <= 1


def _misheard(a: str, b: str) -> bool:
    """Whether Chinese texts of one length differ in one or two characters of the same sound.

    That is the slip of who types pinyin; any other character means another thing: 土壤水分, 土壤养分.
    """
    apart = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(apart) == 2 and apart[0] == apart[1][::-1] and OSA.distance(a, b) == 1:
        return True  # two neighbours changed places
    return len(apart) <= 2 and all(
        not x.isdecimal() and not y.isdecimal() and syllables(x) == syllables(y) != [] for x, y in apart
    )


def _words_agree(a: str, b: str) -> bool:
    """Whether each word left over on one side is a misspelling or a piece of one left on the other."""
    one, other = Counter(a.split()), Counter(b.split())
    left = [w for w in (one - other).elements() if w not in _STOP]
    right = [w for w in (other - one).elements() if w not in _STOP]
    if not left and not right:
        return True
    if "".join(left) == "".join(right):
        return True
    if len(left) != len(right) or len(left) > 4:
        return False
    for word in left:
        for candidate in right:
            if _slip(word, candidate):
                right.remove(candidate)
                break
        else:
            return False
    return True


def _slip(a: str, b: str) -> bool:
    if any(c.isdecimal() for c in a + b):
        return False
    shorter = min(len(a), len(b))
    if shorter < 4:
        return False
    return OSA.distance(a, b, score_cutoff=3) <= (1 if shorter < 7 else 2)
