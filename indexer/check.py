"""Looks at a normalised Record and says what is doubtful about it (检查).

Checks never change a record and never refuse one. What they are called, how grave they are and how to mend
what they find is in ``checks.toml``. ``problems`` that are known already (from reading, adapting and
normalising) are not told again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.checks import problem
from indexer.problem import Problem
from indexer.records import classification, date, script
from indexer.records.record import Contributor, Identifier, Record

_PLACEHOLDER = re.compile(
    r"[\[(（【]?(?:untitled|no title|title|test(?: ?title)?|n/?a|none|null|nan|undefined|unknown|xxx+|\?+"
    r"|-+|\.+|无题名?|無題名?|题名|未知|测试(?:题名)?|空|书名不详)[\])）】]?\d*",
    re.I,
)
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|big|bold|br|center|code|div|em|font|h[1-6]|hr|i|img|italic|li|mml:\w+|jats:[\w-]+|ol"
    r"|p|pre|s|script"
    r"|sec|small|span|strong|style|sub|sup|table|td|tr|tt|u|ul|underline)(?:\s[^<>]{0,300})?/?>"
    r"|&(?:amp|lt|gt|quot|nbsp|#\d{2,6}|#x[0-9a-f]{2,6});",
    re.I,
)
# UTF-8 read as Latin-1 or Windows-1252: a lead byte as a letter, then signs that stand in no word; or as GBK:
# a few famous pairs.
_MOJIBAKE = re.compile(
    "(?:Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ]|Â[\xa0-\xbf]|â€|[äåæçèé][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ¡-¿]{"
    "2}|[ÐÑ][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹]{1}[ÐÑ]|锟斤拷|烫烫烫|屯屯屯)"
)
_RESPONSIBILITY = re.compile(
    r" / \[?(?:by|edited|ed\.|compiled|translated|written|illustrated|transcribed|hrsg|herausgegeben|von"
    r"|par|por) "
    r"| / .{2,40}[著编編译譯撰]$",
    re.I,
)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_LOCAL_LINK = re.compile(
    r"(?:https?|ftp)://(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|169\.254\."
    r"|\[::1\]|[^/.:]+(?::\d+)?(?:/|$))",
    re.I,
)
_NAME = re.compile(r"[^\W\d_]")
_ROLE_TAIL = re.compile(
    r"^[㐀-鿿·]{2,12}?(?:等?(?:主编|編著|编著|编译|翻译|编写|編|著|编|译|譯|撰|校注|主編))$"
)
_SURNAMED = frozenset("著编編译譯撰")
_PAGES = re.compile(r"\s*([0-9]{1,6})\s?[-–—~～]\s?([0-9]{1,6})\s*")
_AUTHORED = frozenset({"book", "article", "thesis", "conference-paper", "ebook"})
_PUBLISHED = frozenset({"book", "ebook"})
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# Without a clock: no record describes a later year honestly, wherever ``modified`` does not tell more.
_FUTURE = 2050
_EAST = frozenset({"zho", "jpn", "kor", "vie", "lzh", "cmn", "yue", "wuu", "nan", "hak", "zha", "mul", "txg"})

_BY_SCHEME: dict[str, str] = {
    "issn": "issn-malformed",
    "doi": "doi-malformed",
    "cn": "cn-malformed",
    "csbn": "csbn-malformed",
    "lccn": "lccn-malformed",
}


def check(record: Record, raw_problems: Sequence[Problem] = ()) -> list[Problem]:
    """What is doubtful about a normalised record (质量检查), in the order of the record's members."""
    found: list[Problem] = []
    if record.deleted:
        return found
    _title(record, found)
    if record.identifiers:
        _identifiers(record, found)
    elif record.type == "journal":
        found.append(problem("journal-without-issn", record))
    _year(record, found)
    _people(record, found)
    _language(record, found)
    if not record.publication.publisher and record.type in _PUBLISHED:
        found.append(problem("publisher-missing", record))
    if record.classes:
        found.extend(
            problem("class-malformed", record, f"{item.scheme} {item.value}")
            for item in record.classes
            if not classification.valid(item.scheme, item.value)
        )
    elif not record.subjects:
        found.append(problem("subject-missing", record))
    if record.abstract:
        _abstract(record, found)
    if record.links:
        found.extend(
            problem("link-private", record, link.url) for link in record.links if _LOCAL_LINK.match(link.url)
        )
    elif record.type in ("ebook", "web-resource"):
        found.append(problem("ebook-without-link", record))
    if record.relations or record.type in ("article", "conference-paper"):
        _relations(record, found)
    if record.holdings:
        _holdings(record, found)
    if record.embargo_until and not _ISO_DATE.fullmatch(record.embargo_until):
        found.append(problem("embargo-malformed", record, record.embargo_until))
    if found and raw_problems:
        known = {(item.code, item.value) for item in raw_problems}
        return [item for item in found if (item.code, item.value) not in known]
    return found


def _title(record: Record, found: list[Problem]) -> None:
    title = record.title
    if not title:
        found.append(problem("title-missing", record))
        return
    if len(title) < 20 and _PLACEHOLDER.fullmatch(title):
        found.append(problem("title-placeholder", record, title))
    elif len(title) > 1000:
        found.append(problem("title-too-long", record, title))
    if title.isascii():
        if len(title) > 12 and title.isupper() and " " in title:
            found.append(problem("title-all-capitals", record, title))
        if ("<" in title or "&" in title) and _MARKUP.search(title):
            found.append(problem("markup-in-text", record, title))
    else:
        _characters(record, "title", title, found)
        if ("<" in title or "&" in title) and _MARKUP.search(title):
            found.append(problem("markup-in-text", record, title))
    if " / " in title and not record.responsibility and _RESPONSIBILITY.search(title):
        found.append(problem("title-responsibility-inside", record, title))


def _characters(record: Record, member: str, text: str, found: list[Problem]) -> None:
    """Signs of a wrong or poor character set in a text that is not ASCII."""
    # The empty square □ is no fault: epigraphy writes it for a sign that the stone has lost.
    if "\ufffd" in text or "〓" in text:
        found.append(problem("character-missing", record, text, member=member))
    if _MOJIBAKE.search(text):
        found.append(problem("mojibake", record, text, member=member))
    if _PRIVATE.search(text):
        found.append(problem("private-use-character", record, text, member=member))


def _identifiers(record: Record, found: list[Problem]) -> None:
    isbns = issns = 0
    for item in record.identifiers:
        scheme = item.scheme
        if scheme == "isbn":
            isbns += 1
        elif scheme in ("issn", "cn"):
            issns += 1
        if not item.valid:
            found.append(_invalid(record, item))
        elif item.note == "leading zeros restored":
            found.append(problem("isbn-zeros-restored", record, item.value))
    if isbns:
        if isbns > 20:
            found.append(problem("isbn-many", record, str(isbns)))
        if record.year is not None and record.year < 1965 and (record.year_end or record.year) < 1965:
            found.append(problem("isbn-before-isbn", record, str(record.year)))
    if record.type == "journal":
        if isbns:
            found.append(problem("journal-with-isbn", record))
        elif not issns:
            found.append(problem("journal-without-issn", record))


def _invalid(record: Record, item: Identifier, member: str = "") -> Problem:
    if item.scheme == "isbn":
        if item.note.startswith("digits lost"):
            code = "isbn-digits-lost"
        elif item.note == "not an ISBN":
            code = "isbn-not-a-number"
        elif len(item.value) in (10, 13):
            code = "isbn-check-digit"
        else:
            code = "isbn-length"
    elif item.scheme == "issn" and item.note == "check digit":
        code = "issn-check-digit"
    else:
        code = _BY_SCHEME.get(item.scheme, "identifier-malformed")
    return problem(code, record, item.value, member=member)


def _year(record: Record, found: list[Problem]) -> None:
    year = record.year
    written = record.publication.date
    if year is None:
        if written:
            if any(map(str.isdigit, written)):
                found.append(problem("year-not-understood", record, written))
        else:
            found.append(problem("year-missing", record))
        return
    limit = _FUTURE
    modified = record.modified[:4]
    if modified.isdecimal() and len(modified) == 4 and "1960" < modified < "2100":
        limit = int(modified) + 3
    if year > limit:
        found.append(problem("year-in-future", record, str(year)))
    # A date that is nothing but this year (1998, c1998, [1998]) agrees with it, and most dates are.
    if written and record.type != "journal" and written.strip("[]c©") != str(year):
        span = date.parse(written)
        if span.start is not None:
            last = record.year_end if record.year_end is not None else year
            end = span.end if span.end is not None else span.start
            if year > end + 2 or last < span.start - 2:
                found.append(problem("year-disagrees", record, f"{year}; {written}"))


def _people(record: Record, found: list[Problem]) -> None:
    people = record.contributors
    if not people:
        if not record.responsibility and record.type in _AUTHORED:
            found.append(problem("author-missing", record))
        return
    for who in people:
        value = who.name
        if len(value) > 200:
            found.append(problem("name-too-long", record, value))
        elif value.isascii():
            if not _NAME.search(value) or value[:4].lower() == "http":
                found.append(problem("name-not-a-name", record, value))
        else:
            _name(record, who, found)


def _name(record: Record, who: Contributor, found: list[Problem]) -> None:
    value = who.name
    _characters(record, "contributors", value, found)
    if not _NAME.search(value):
        found.append(problem("name-not-a-name", record, value))
    elif (
        not who.role
        and who.kind == "person"
        and value[-1] in _SURNAMED
        and len(value) > 2
        and _ROLE_TAIL.match(value)
    ):
        found.append(problem("name-with-role", record, value))


def _language(record: Record, found: list[Problem]) -> None:
    if not record.languages:
        found.append(problem("language-missing", record))
        return
    title = record.title
    if record.languages[0] == "zho":
        if (
            title
            and not script.has_han(title)
            and not any(script.has_han(item.value) for item in record.titles)
        ):
            found.append(problem("romanised-only", record, title))
    elif (
        title
        and not title.isascii()
        and not _EAST.intersection(record.languages)
        and script.of(title) in ("Hans", "Hant", "Hani")
    ):
        found.append(problem("language-and-script", record, f"{record.languages[0]}; {title}"))


def _abstract(record: Record, found: list[Problem]) -> None:
    text = record.abstract
    if text == record.title:
        found.append(problem("abstract-is-title", record, text))
    if ("<" in text or "&" in text) and _MARKUP.search(text):
        found.append(problem("markup-in-text", record, text, member="abstract"))
    if not text.isascii():
        _characters(record, "abstract", text, found)


def _relations(record: Record, found: list[Problem]) -> None:
    host = False
    for item in record.relations:
        if item.kind == "in":
            host = True
        if item.pages:
            match = _PAGES.fullmatch(item.pages)
            if match:
                first, last = match.groups()
                # 123-8 is short for 123-128, so only a last page with as many digits can be wrong.
                if len(first) == len(last) and int(last) < int(first):
                    found.append(problem("pages-reversed", record, item.pages))
        found.extend(
            _invalid(record, given, "relations.identifiers") for given in item.identifiers if not given.valid
        )
    if not host and record.type in ("article", "conference-paper"):
        found.append(problem("article-without-host", record))


def _holdings(record: Record, found: list[Problem]) -> None:
    seen: set[str] = set()
    for holding in record.holdings:
        for item in holding.items:
            if item.barcode:
                if item.barcode in seen:
                    found.append(problem("barcode-repeated", record, item.barcode))
                seen.add(item.barcode)
