"""Where in a journal or book something stands, and how long it is (出处与篇幅比较): pages, journals' titles,
extent, publishers.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz

from indexer.likeness.titles import spaced

_PAGE = re.compile(r"([a-z]{0,4})\s*([0-9]{1,7})", re.I)
_RANGE = re.compile(
    r"([A-Za-z]{0,4})\s?([0-9]{1,7})([a-z]?)\s*(?:[-–—~～－‐‑]+|\bto\b|\bbis\b)\s*([A-Za-z]{0,4})\s?([0-9]{1,7})"
)
_PAGES_WORD = re.compile(
    r"([0-9]{1,5})\s*(?:unnumbered\s+)?(?:p\b|pp\b|pages?\b|s\b|seiten\b|blatt\b|bl\b|l\b|leaves\b|ff?\b|p[áa]g(?:ina)?s?\b"
    r"|sider?\b|sivua\b|stran\b|str\b|tr\b|hlm\b|页|頁|葉|叶|面|丁|ページ|쪽|면|с\b|стр\b|σ\b|σελ\b|ص\b|صفحة|עמ|หน้า)",
    re.I,
)
_VOLUMES_WORD = re.compile(
    r"([0-9]{1,4})\s*(?:v\b|vols?\b|volumes?\b|bd\b|bde\b|bände\b|t\b|tomes?\b|册|冊|卷|函|т\b)", re.I
)
_HAN_DIGITS = str.maketrans("０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 3)
_NUMBER = re.compile(r"[0-9]{1,5}")
_SMALL = frozenset(
    "the of and for in on a an de la le du des der die das und et y e i o al with to fur zur".split()  # noqa: SIM905
)
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{2,9}\b")
_MEETING = frozenset("acm ieee international intl conference conf symposium workshop annual".split())  # noqa: SIM905
# Words that so many journals and meetings have that sharing them says nothing.
_OFTEN = frozenset(
    "conference symposium workshop proceedings international journal american european national "  # noqa: SIM905
    "british review reviews research studies science sciences scientific systems information "
    "knowledge engineering technology management annals archives bulletin quarterly history "
    "education social society medicine medical clinical health policy applied theory computer "
    "computing database databases advances letters transactions university economic economics "
    "business world".split()
)
_JOURNAL = frozenset({"j", "journal", "trans", "transactions", "record", "newsletter", "letters"})
_ORDINAL = re.compile("[0-9]+(?:st|nd|rd|th)")
_COMPANY = re.compile(
    r"\b(?:verlag|verl|press|presse|publish\w*|publ?|pub|co|company|inc|ltd|limited|gmbh|ag|kg|editions?|editeurs?|edizioni"
    r"|editorial|editore|editor|books?|house|group|and|und|et|cie|sohn|sohne|sons|the|der|die|das|univ|university|universitats?"
    r"|verlagsbuchhandlung|buchhandlung|international|s a|jun|junior)\b"
)
_HAN_COMPANY = re.compile("(?:出版|发行)?(?:社|有限|责任|股份|公司|集团|事业|印书馆|书局|书店)+$")


@lru_cache(maxsize=16384)
def page_range(text: str) -> tuple[str, int, int]:
    """(letter before, first, last) of a page statement; 123-7 means 123-127.

    ``last`` is 0 where it is not said, and ``first`` where nothing is.
    """
    plain = text.translate(_HAN_DIGITS)
    found = _RANGE.search(plain)
    if found:
        begin, end = int(found[2]), found[5]
        last = int(end)
        if last < begin and len(end) < len(found[2]):
            last = int(found[2][: len(found[2]) - len(end)] + end)
        return found[1].lower().removeprefix("pp").removeprefix("p"), begin, last if last >= begin else 0
    one = _PAGE.search(plain)
    if one:
        return one[1].lower().removeprefix("pp").removeprefix("p"), int(one[2]), 0
    return "", 0, 0


def pages_level(a: str, b: str) -> str:
    """same (the first and the last of several), start (the first, or one page only), differ, one or none.

    Numbers of an article in an electronic journal (e1234), and 1-8 of a paper not yet printed, say nothing
    against a page of the printed volume.
    """
    if not a or not b:
        return "none" if not a and not b else "one"
    (one, begin, end), (other, first, last) = page_range(a), page_range(b)
    if not begin or not first:
        return "same" if spaced(a) == spaced(b) else "one"
    if begin == first:
        if end == last:
            return "same" if end > begin else "start"
        if not end or not last:
            return "start"
        return "start" if begin > 3 else "differ" if abs(end - last) > 3 else "start"
    if one != other or (begin == 1) != (first == 1):
        return "one"
    if end and end == last and abs(begin - first) <= 3:
        return "start"
    if (not end and first <= begin <= last) or (not last and begin <= first <= end):
        return "start"
    # A transposed or lost digit in the first page shows in the last one agreeing.
    return "start" if end and end == last else "differ"


@lru_cache(maxsize=16384)
def extent_of(text: str) -> tuple[int, int]:
    """(pages, volumes) of an extent: ``xii, 345 p.`` → (345, 0); ``3册`` → (0, 3); 0 where not said."""
    plain = text.translate(_HAN_DIGITS)[:300]
    pages = [int(n) for n in _PAGES_WORD.findall(plain)]
    volumes = _VOLUMES_WORD.search(plain)
    if not pages and volumes is None:
        bare = [int(n) for n in _NUMBER.findall(plain)]
        if plain.strip(" []().ca").isdecimal() or re.fullmatch(r"\W*[ivxlc]+\W+[0-9]+\W*", plain, re.I):
            pages = bare
    return max(pages, default=0), int(volumes[1]) if volumes else 0


def extent_level(a: tuple[int, int], b: tuple[int, int]) -> str:
    """same (within two pages or 1.5 %), near (ten pages or 4 %), differ, one or none."""
    if a == b:
        return "same" if a != (0, 0) else "none"
    if (a[1] > 1 or b[1] > 1) and a[1] != b[1] and (a != (0, 0) and b != (0, 0)):
        return "differ"
    if not a[0] or not b[0]:
        return "one" if not (a[1] and a[1] == b[1]) else "same"
    apart = abs(a[0] - b[0])
    larger = max(a[0], b[0])
    if apart <= max(2, 0.015 * larger):
        return "same"
    return "near" if apart <= max(10, 0.04 * larger) else "differ"


@lru_cache(maxsize=16384)
def _journal_words(text: str) -> tuple[str, ...]:
    bare = re.sub(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]", " ", text)
    bare = re.sub(r"(?i)^\s*in:?\s+", "", bare)
    head = re.split(r"(?<=\w\w\w\w): | = | [—–] |；|;|\.\s(?=[A-Z][a-z]+ed\.)", bare, maxsplit=1)[0]
    words = [w for w in spaced(head or text).split() if w not in _SMALL and not _ORDINAL.fullmatch(w)]
    bare_words = words[1:] if words and words[0] in ("proc", "proceedings") else words
    return tuple(bare_words) or tuple(spaced(text).split())


@lru_cache(maxsize=65536)
def container_level(a: str, b: str) -> str:
    """same, near (an abbreviation, an acronym, a part of it), differ, one or none."""
    if not a or not b:
        return "none" if not a and not b else "one"
    one, other = _journal_words(a), _journal_words(b)
    if one == other or "".join(one) == "".join(other):
        return "same"
    if not one or not other:
        return "one"
    if (_JOURNAL.isdisjoint(one) != _JOURNAL.isdisjoint(other)) and max(len(one), len(other)) <= 2:
        return "differ"  # VLDB is a conference, VLDB J. a journal
    if abbreviates(one, other) or abbreviates(other, one):
        return "near"
    if _JOURNAL.isdisjoint(one) != _JOURNAL.isdisjoint(other):
        # A meeting and the journal of its name: only initials with the J in them tell that they are one.
        if any(
            len(w) > 2 and w == "".join(word[0] for word in y)
            for x, y in ((one, other), (other, one))
            for w in x[:1]
        ):
            return "near"
    elif _known_by(one, other, a) or _known_by(other, one, b):
        return "near"
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) > 1 and set(shorter) <= set(longer) and len(longer) - len(shorter) <= 3:
        return "near"
    joined = fuzz.ratio(" ".join(one), " ".join(other))
    if joined >= 90:
        return "near"
    whole = fuzz.ratio(spaced(a), spaced(b))
    return "near" if whole >= 90 else "differ"


def abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether each word of one begins one of the other, in order: J Clin Oncol, Journal of Clinical Oncology.

    A word of one letter may also stand for several initials run together (U S A, USA).
    """
    at = skipped = 0
    for word in short:
        while at < len(long) and not _begins(word, long[at]):
            at += 1
            skipped += 1
        if at == len(long):
            return False
        at += 1
    skipped += len(long) - at
    return skipped <= (1 if len(short) < 3 else 2) and (len(short) > 1 or len(long) <= 1 or len(short[0]) > 6)


def _begins(word: str, whole: str) -> bool:
    if whole.startswith(word):
        return True
    # natl → national, intl → international, dtsch → deutsche: first letter, then letters in order.
    if len(word) < 3 or word[0] != whole[0]:
        return False
    rest = iter(whole)
    return all(letter in rest for letter in word)


def _known_by(short: tuple[str, ...], long: tuple[str, ...], said: str) -> bool:
    """Whether one is known by an acronym or a word of the other: by its initials, by capitals that both have,
    by a name that is handed down (SIGMOD), or by a word that few titles have.
    """
    # A title all in capitals says of no word that it is an acronym.
    shouted = said.isupper() and " " in said
    capitals = set() if shouted else {spaced(w) for w in _CAPITALS.findall(said)} - _MEETING
    initials = "".join(w[0] for w in long)
    bare = "".join(w[0] for w in long if w not in _MEETING)
    whole = " ".join(long)
    for w in short[:3]:
        if len(w) < 3 or len(long) < 3 or not w.isascii():
            continue
        if w in (initials, bare) or (w in long and (w in capitals or (len(w) >= 5 and w not in _OFTEN))):
            return True
        if (handed := _acronyms().get(w)) and handed in whole:
            return True
    return any(w in capitals and len(w) >= 4 and w in (initials, bare) for w in short)


@cache
def _acronyms() -> dict[str, str]:
    table = tomllib.loads((files(__package__) / "titles.toml").read_text(encoding="utf-8"))
    return {
        name: " ".join(w for w in words.split() if w not in _SMALL)
        for name, words in table["acronyms"].items()
    }


@lru_cache(maxsize=16384)
def publisher_key(text: str) -> str:
    """A publisher without the words all have: Reclam Verlag, P. Reclam jun. → reclam; 商务印书馆 → 商务."""
    words = spaced(re.split(r"[;；|]", text, maxsplit=1)[0])
    if not words.isascii() and any("\u3400" <= c <= "\u9fff" for c in words):
        compact = words.replace(" ", "")
        return _HAN_COMPANY.sub("", compact) or compact
    bare = " ".join(w for w in _COMPANY.sub(" ", words).split() if len(w) > 1)
    return bare or words


def _shortened(short: list[str], long: list[str]) -> bool:
    """Whether a publisher is the other in initials (DTV, FSG) or with each word cut off (Худож. лит.)."""
    if len(long) < 2:
        return False
    if len(short) == 1:
        initials = "".join(word[0] for word in long)
        return (
            2 <= len(short[0]) <= 5
            and short[0][: len(initials)] == initials
            and len(short[0]) - len(initials) < 2
        )
    return len(short) == len(long) and all(
        len(word) > 2 and whole.startswith(word) for word, whole in zip(short, long, strict=True)
    )


@lru_cache(maxsize=65536)
def publisher_level(a: str, b: str) -> str:
    """same, differ, one or none; keys of ``publisher_key``."""
    if not a or not b:
        return "none" if not a and not b else "one"
    if a == b or a in b or b in a:
        return "same"
    one, other = a.split(), b.split()
    if set(one) & set(other) or _shortened(one, other) or _shortened(other, one):
        return "same"
    return "same" if fuzz.ratio(a, b) >= 80 else "differ"
