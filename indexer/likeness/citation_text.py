"""A whole citation in one string taken apart (引文解析), as lists of references have it.

Only what looks like one is read. First by the marks of the common styles, which say where names and title
end: a year in brackets behind the names (APA, Harvard) or between stops (ACM), a title in quotation marks
(MLA, Chicago, IEEE), [J] or 《》 at the title (GB/T 7714-2015, 7), year and volume with a semicolon
(Vancouver), place and year at the end (DIN 1505-2, and what French lists have). Else by names at the
beginning, or by names with initials behind the title. It is a reading with little trust; who has fields of
his own is never sent here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from indexer.likeness.people import Name, name_of

_YEAR = re.compile(r"(?<![0-9\-–/:])(1[6-9][0-9]{2}|20[0-4][0-9])[a-z]?(?![0-9]|\s?[-–—]+\s?[0-9]|:[0-9])")
_LABEL = re.compile(r"^\s*(?:\[[^\]]{1,24}\]|\([0-9]{1,3}\)|[0-9]{1,3}\.)\s+")
_QUOTED = re.compile('[“"‘`\']{1,2}([A-Z][^“”"]{12,300}?)[,.]?[”"’\']{1,2}(?=[\\s,.;]|$)')
_INITIAL = re.compile(r"(?:^|[\s,(])[A-Z]\.(?:[\s,&-]|[A-Z]\.|$)|^[A-Z][a-z]+,? [A-Z]{1,2}[,.]")
_VENUE = re.compile(
    r"^\W*(?:in:?\s|proc\b|proceedings|journal|j\.\s|technical report|tech\.? rep|ph\.?d|master|thesis"
    r"|[0-9]+\b|pp\b|pages?\b|vol\b|advances in|transactions|ieee|acm|international conference|university"
    r"|department|dept|press|springer|morgan|kluwer|mit press|submitted|to appear|unpublished|edited by"
    r"|eds?\b|annals|machine learning[,:]? [0-9]|lecture notes|academic press|wiley|elsevier)",
    re.I,
)
_PAGES = re.compile(
    r"(?:pp?\.?|pages?)\s*([0-9]{1,5}\s*[-–—]+\s*[0-9]{1,5})|[:,]\s*([0-9]{1,5}\s*[-–—]+\s*[0-9]{1,5})", re.I
)


class Told(NamedTuple):
    """What a citation says (引文要素)."""

    title: str
    people: tuple[Name, ...]
    year: int | None
    container: str
    pages: str


def read(title: str, notes: tuple[str, ...] = (), bare: bool = True) -> Told | None:
    """The parts of a citation in a title, else in a note; None where it does not look like one.

    ``bare``: nothing else is known, so the text is either a citation or a title with nothing; then it is read
    by less telling marks too.
    """
    for text in (title, *notes[:2]):
        if not 15 <= len(text) <= 1500:
            continue
        marked = _MARKED.search(text) or _HAN_CITED.match(text)
        if marked is None and (len(text) < 30 or text.count(" ") < 5):
            continue
        if (told := _read(text, bare)) is not None:
            return told
    return None


@lru_cache(maxsize=4096)
def _read(text: str, alone: bool) -> Told | None:
    bare = _LABEL.sub("", text).strip()
    if (styled := _by_style(bare)) is not None:
        return styled
    told = _by_initials(bare)
    if told is None and alone:
        told = _by_place(bare) or _names_first(bare)
    return told


def _by_initials(bare: str) -> Told | None:
    """The parts of a citation that begins with names with initials."""
    years = _YEAR.findall(bare)
    quoted = _QUOTED.search(bare)
    if not _INITIAL.search(bare[:90]) or not (years or quoted):
        return None
    if quoted is not None and quoted.start() > 3:
        begin, title, rest = quoted.start(), quoted[1], bare[quoted.end() :]
    else:
        begin = _title_begins(bare)
        if not begin:
            return None
        end = _TITLE_END.search(bare, begin + 8)
        title, rest = (bare[begin : end.start()], bare[end.end() :]) if end else (bare[begin:], "")
    names = _names(_YEAR.sub(" ", bare[:begin]))
    if not names:
        return None
    pages = _PAGES.search(rest)
    container = _MEETING.sub("", rest, count=1) or rest
    container = re.split(r"[,.;:]\s|\(|[0-9]", container, maxsplit=1)[0].strip() if container else ""
    found = (pages[1] or pages[2]) if pages else ""
    return Told(title.strip(" .,\"“”'"), names, int(years[-1]) if years else None, container, found)


_Y = r"(1[6-9][0-9]{2}|20[0-4][0-9])[a-z]?"
_HAN_CITED = re.compile("[\u3400-\u9fff·，,、;； ]{2,60}(?:《|[：:]《|[.．][^.．]{3,200}[.．])")
_MARKED = re.compile(r"\[(?:J|M|D|C|N|R|P|S|A|Z|DB|CP|EB|G|K)(?:/OL)?\]")
_IN_BRACKETS = re.compile(
    rf"^([^()\"“]{{3,300}}?)[,.]?\s*\({_Y}(?:, [A-Z][^()]{{2,20}})?\)[.,:]?\s+(\S.+)$", re.S
)
_BETWEEN_STOPS = re.compile(rf"^([^0-9()\"“]{{5,300}}?)[.,]\s+{_Y}[.:]\s+(\S.+)$", re.S)
_BY_MARK = re.compile(rf"^(.{{5,420}}?)\s*{_MARKED.pattern}\s*(?:[.．,，:：]|//)?\s*(.*)$", re.S)
_DOUBLE_QUOTED = re.compile('^(.{3,300}?)[,.:]?\\s+(?:“([^“”]{8,300})”|"([^"]{8,300})")(.*)$', re.S)
_SEMICOLON = re.compile(rf"^(.{{5,700}}?)\s{_Y}(?:\s[A-Z][a-z]{{2}}[^;:]{{0,10}})?;(.{{1,60}})$", re.S)
_STOP = re.compile(
    r"(?<![\s.(\-][A-Z])(?<!^[A-Z])(?<!\bSt)(?<!\bDr)(?<!\bvs)(?<!\bNo)(?<!\bVol)(?<!\bCo)"
    r"(?<!\bMr)(?<!\bMrs)"
    r"(?:[.?!](?:\s+|$)(?=[A-Z0-9(\[“À-ÞΑ-ΩА-Я]|$)|[?!]\s)"
)
_OF_NAMES = re.compile(r"(?<=[A-Z\u3400-\u9fff])[.．]\s*|(?<=et al)\.\s+|(?<=[a-z]{3})\.\s+|(?<=等)[.．]\s*")
_SURNAME_INITIALS = re.compile(
    r"^(?:(?:[^\W\d_][\w'’.-]*\s){1,4}[A-Z](?:[ -]?[A-Z]){0,3}(?:\s(?:Jr|Sr|II|III))?|et al"
    r"|[\u3400-\u9fff·]{2,12})$"
)

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-ЯЁ][\w'’-]+"
_PARTICLE = r"(?:van|von|der|den|de|del|di|da|dos|du|la|le|el|al|bin|ibn|ten|ter)"
# Two to five words with capitals, initials and particles among them; few titles are no more than that.
_FULL_NAME = re.compile(
    rf"^(?:{_CAPITAL}|[A-Z]\.)(?:[ -](?:{_CAPITAL}|[A-Z]\.?|{_PARTICLE})){{0,3}} {_CAPITAL}$"
)
_FAMILY = re.compile(rf"^(?:{_PARTICLE} )?{_CAPITAL}(?: {_CAPITAL})?$")
_GIVEN = re.compile(rf"^{_CAPITAL}(?:[ -](?:{_CAPITAL}|[A-Z]\.?))?$")
_OF_NAMES_FULL = re.compile(
    r"(?<=[\w.])(?<![\s.(-][A-Z])(?:\.\s+(?=[A-Z\"“À-ÞΑ-ΩА-Я0-9])|(?<=[\u3400-\u9fff])[.．]\s*)"
    r"|(?<=\s[A-Z])\.\s+(?=[A-Z][a-z])"
)
_BOOK_MARKS = re.compile(
    r"^([\u3400-\u9fff·，,、;； ]{2,60}?)[著编译主]{0,2}[，,：:]?\s*《([^《》]{2,200})》(.*)$", re.S
)
_ONE = rf"(?:[A-Z]\.[ -]?){{1,3}} ?(?:{_PARTICLE} )?{_CAPITAL}"
_NAMES_BEHIND = re.compile(
    rf"^(?P<title>[A-Z][^.]{{14,300}}?),? (?:by )?(?P<who>{_ONE}(?:(?:, and |, | and | & ){_ONE}){{0,12}})"
    r"[,.] (?P<rest>.+)$",
    re.S,
)
# Habermas, Jürgen: Title, Neuwied 1962.  Pierre Bourdieu, Title, Paris, Minuit, 1979, 670 p.
_PLACE_LAST = re.compile(
    rf"^(?P<who>{_CAPITAL}(?:, | )[^,:.()0-9]{{1,40}}\.?|(?:[A-Z]\.[ -]?){{1,3}} ?{_CAPITAL})"
    rf"(?:(?P<colon>:)|,)\s+(?P<title>[^\"“”]{{6,300}}?),\s+(?P<rest>{_CAPITAL}[^,:]{{0,30}}(?:[:,]\s?[^,:]{{2,50}})?),?\s"
    r"(?P<year>1[6-9][0-9]{2}|20[0-4][0-9])\.?(?:,\s[^,]{1,30}){0,2}$",
    re.S,
)


def _by_style(text: str) -> Told | None:
    """The parts of a citation by the marks of its style; None where none of them is seen."""
    found = _DOUBLE_QUOTED.match(text)
    if found and _people_like(_YEAR.sub(" ", found[1])):
        who, title, rest = found[1], found[2] or found[3], found[4]
        said = _YEAR.findall(rest) or _YEAR.findall(who)
        return _told(_YEAR.sub(" ", who), title, said[-1] if said else "", rest)
    marked = _BY_MARK.match(text)
    if marked:
        split = next((at for at in _OF_NAMES.finditer(marked[1]) if _listed(marked[1][: at.start()])), None)
        ends = split.span() if split is not None else _names_end(marked[1])
        if ends is not None:
            said = _YEAR.findall(marked[2])
            rest = marked[2]
            return _told(marked[1][: ends[0]], marked[1][ends[1] :], said[0] if said else "", rest)
    behind = _SEMICOLON.match(text)
    if behind:
        split = next((at for at in _OF_NAMES.finditer(behind[1]) if _listed(behind[1][: at.start()])), None)
        if split is not None:
            title, rest = _sentence(behind[1][split.end() :])
            return _told(behind[1][: split.start()], title, behind[2], f"{rest}, {behind[3]}")
    for pattern in (_IN_BRACKETS, _BETWEEN_STOPS):
        found = pattern.match(text)
        if found and _people_like(found[1]):
            title, rest = _sentence(found[3])
            return _told(found[1], title, found[2], rest)
    return None


def _by_place(text: str) -> Told | None:
    """A book cited with its place and year at the end, as in German and French lists."""
    found = _PLACE_LAST.match(text)
    if found is None or not (found["colon"] or _listed(found["who"], full=True)):
        return None
    return _told(found["who"], found["title"], found["year"], found["rest"])


def _names_first(text: str) -> Told | None:
    """Names up to a stop, the title up to the next, a year behind; or 《title》 behind the names."""
    marked = _BOOK_MARKS.match(text)
    if marked and _listed(marked[1], full=True):
        said = _YEAR.findall(marked[3])
        return _told(marked[1], marked[2], said[0] if said else "", marked[3])
    split = _names_end(text[:500])
    if split is not None:
        title, rest = _chinese(text[split[1] :]) or _sentence(text[split[1] :])
        said = _YEAR.findall(rest)
        return _told(text[: split[0]], title, said[-1], rest) if said and len(title) > 4 else None
    behind = _NAMES_BEHIND.match(text)
    if behind and (said := _YEAR.findall(behind["rest"])):
        return _told(behind["who"], behind["title"], said[-1], behind["rest"])
    return None


def _names_end(text: str) -> tuple[int, int] | None:
    """Where the longest list of names at the beginning ends, and where what follows it begins."""
    ends = [at.span() for at in _OF_NAMES_FULL.finditer(text) if _listed(text[: at.start()], full=True)]
    return ends[-1] if ends else None


def _chinese(text: str) -> tuple[str, str] | None:
    """The first sentence and the rest of a Chinese citation, whose stops have no blank behind them."""
    title, stop, rest = text.partition(".") if "." in text else text.partition("．")
    return (title, rest) if stop and "\u3400" <= title[:1] <= "\u9fff" else None


def _listed(text: str, full: bool = False) -> bool:
    """Whether a text is names with initials behind them, or Chinese names, with commas between; ``full``: or
    names in full, or family and given name with a comma between.
    """
    between = r"\s*[,，、;；]\s*(?:and\s+|&\s+)?|\s+(?:and|&)\s+"
    pieces = [p for p in re.split(between, text.removesuffix("等").rstrip(" ,，.")) if p]
    if pieces and all(map(_SURNAME_INITIALS.match, pieces)):
        return True
    if not full or not pieces:
        return False
    family, comma, given = text.strip(" ,.").partition(", ")
    if comma and _GIVEN.match(given) and _FAMILY.match(family):
        return True
    return all(_FULL_NAME.match(p) or _SURNAME_INITIALS.match(p) for p in pieces)


def _people_like(text: str) -> bool:
    """Whether a text may be a list of names: short pieces that begin with a capital."""
    pieces = [p for p in re.split(r"\s*[,;&]\s*|\s+and\s+", text.strip(" .")) if p]
    return len(pieces) <= 30 and all(len(p.split()) <= 5 for p in pieces) and text[:1].isupper()


def _sentence(text: str) -> tuple[str, str]:
    """A text cut behind its first sentence; a stop behind an abbreviation does not end it."""
    end = _STOP.search(text, 4)
    if end is None or end.end() >= len(text) - 3:
        return text, ""
    return text[: end.start() + (text[end.start()] in "?!")], text[end.end() :]


def _told(who: str, title: str, year: str, rest: str) -> Told | None:
    names = _names(re.sub(r"(?<=[\u3400-\u9fff])[，、]\s*", ", ", who.removesuffix("等")))
    title = title.strip(" .,，。\"“”'")
    if not names or len(title) < (8 if title.isascii() else 3) or not (year or rest):
        return None
    pages = _PAGES.search(rest)
    found = (pages[1] or pages[2]) if pages else ""
    container = _MEETING.sub("", rest, count=1) or rest
    container = re.split(r"[,，;]\s|\(|\s[0-9]|[.:]\s(?=[0-9]|vol|pp)|\d", container, maxsplit=1)[0].strip(
        " .,:"
    )
    return Told(title, names, int(year) if year else None, container, found)


# What stands before the name of a meeting: in Proc. of the 13th annual …
_MEETING = re.compile(
    r"^[\W_]*(?:in:?\s+)?(?:proc(?:eedings|\.)?\s+(?:of\s+)?(?:the\s+)?"
    r"(?:(?:first|second|third|(?:twenty-)?[a-z]{3,9}th)\s+)?)?(?:(?:19|20)[0-9]{2}\s+)?"
    r"(?:[0-9]{1,3}(?:st|nd|rd|th)\s+)?(?:annu(?:al|\.)\s+)?",
    re.I,
)
_PIECE = re.compile(r"[^.,;:]+(?:[.,;:](?!\s)[^.,;:]+)*")
_TITLE_END = re.compile(
    r"[.?!]\s+(?=[A-Z0-9(\[])|\.?\s*$|,[\"”]|,\s+(?=(?:in|proc|proceedings|journal|ieee|acm|vol|pp?|pages|technical|tech"
    r"|ph\.?d|phd|master|edited|eds?|volume|university|to appear|submitted|unpublished|[0-9])\b)"
    r"|,\s+(?-i:(?=[A-Z][\w. ]{2,30}:\s[^,]{2,40}\s(?:1[6-9]|20)[0-9]{2}\W*$))"
    r"|,\s+(?-i:(?=[A-Z][\w.&]*(?:\s+(?:of|on|in|the|and|for|&|[A-Z][\w.&]*)){0,8},?\s+(?:vol|[0-9(])))",
    re.I,
)
_NAME_LIKE = re.compile(
    r"^(?:(?:and|&)\s+)?(?:(?:[A-Z]\.?[ -]?){1,4}|(?:et al|eds?|editors?|jr|sr|ii|iii|and others)"
    r"|(?:(?:[A-Z]|van|von|de|der|den|la|le|di|del|dos|da|Mc|Mac|O)[.']?[ -]?)*[A-Z][\w'’-]+"
    r"(?: (?:[A-Z]|van|von|de|der|[A-Z][\w'’-]+))?)(?:\s+(?:and|&)\s+.{2,40})?$"
)


_BLANKS = str.maketrans("()[]", "    ")


def _title_begins(text: str) -> int:
    """Where the first piece stands that is neither a name nor initials nor a year; 0 for nowhere."""
    before = (0, "")
    # Blanks in place of years and brackets keep the positions.
    text = _YEAR.sub(lambda found: " " * len(found[0]), text).translate(_BLANKS)
    for piece in _PIECE.finditer(text):
        words = piece[0].strip(" ()[]\"“'")
        if not any(c.isalpha() for c in words):
            continue
        several = re.split(r"\s+(?:and|&)\s+|^(?:and|&)\s+", words)
        if all(_NAME_LIKE.match(w) for w in several if w) and len(words.split()) < 9:
            before = (piece.start() + len(piece[0]) - len(piece[0].lstrip(" ()[]\"“'")), words)
            continue
        begin = piece.start() + len(piece[0]) - len(piece[0].lstrip(" ()[]\"“'"))
        # Two words with capitals look like a name; when a journal follows them, they were the title.
        venue = _VENUE.match(words) or any(c.isdecimal() for c in words)
        return before[0] if venue and " " in before[1] and "." not in before[1] else begin if not venue else 0
    return 0


def _names(text: str) -> tuple[Name, ...]:
    bare = re.sub(r"\(?\beds?\.?\)?|\bet\.? al\.?|[()\[\]]", " ", text)
    parts: list[str] = []
    for group in re.split(r"\s*;\s*|\s+(?:and|&)\s+|,\s*(?:and|&)\s+", bare):
        pieces = [p.strip(" .") for p in group.split(",") if p.strip(" .")]
        # Freund, Yoav and Schapire, Robert E.: two pieces between two words and, the first a family name.
        if len(pieces) == 2 and " " not in pieces[0] and _GIVEN.match(pieces[1]):
            pieces = [f"{pieces[0]}, {pieces[1]}"]
            parts += pieces
            continue
        while pieces:
            one = pieces.pop(0)
            # Smith, J. A.: initials behind the comma belong to the name before it.
            if pieces and re.fullmatch(r"(?:[A-Z][.\s-]*){1,4}", pieces[0]) and len(one.split()) <= 3:
                one = f"{one}, {pieces.pop(0)}"
            parts.append(one)
    names = [name_of(p) for p in parts if 1 < len(p) < 50 and p[:1].isalpha() and p.count(" ") < 5]
    return tuple(n for n in names if n.family)[:12]
