"""What the columns of a list hold (列识别): by their names in Chinese and English, and by their values.

From this a mapping is proposed (``ereader map``), and a table that comes without a mapping is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from indexer.formats.markup import plain, web_address
from indexer.records import identifier

# Members that hold several values in one cell, with the marks they are usually parted by, the surest first.
_PARTED = ("contributors.", "subjects", "languages", "identifiers.", "links.")
_MARKS = (" | ", "|", ";", "；", "、", "//", "_", "，", ",", "/")
_YEAR = re.compile(r"-?\d{1,4}(?:\.0+)?|(?:1[0-9]|20)\d{2}[-/.年]\d{1,2}.*|c?a?\.? ?(?:1[0-9]|20)\d{2}\??")
_FOUR = re.compile(r"(?:1[4-9]|20)\d{2}(?:\.0+)?")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.\d{4,9}/\S+", re.I)
_CN = re.compile(r"(?:CN\s*)?[0-6]\d?-\d{4}(?:/[A-Z0-9.]+)?")
_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]")
_ISBN_LIKE = re.compile(r"(?:97[89][\d -]{10,14}|[\d][\d -]{8,11}[\dXx])")
_LANGUAGES = frozenset(
    [
        "eng",
        "en",
        "en-us",
        "en-gb",
        "english",
        "chi",
        "zho",
        "zh",
        "zh-cn",
        "zh-tw",
        "chinese",
        "中文",
        "汉语",
        "英文",
        "英语",
        "英語",
        "日文",
        "日语",
        "jpn",
        "ja",
        "french",
        "fre",
        "fra",
        "fr",
        "german",
        "ger",
        "deu",
        "de",
        "spa",
        "es",
        "spanish",
        "rus",
        "ru",
        "russian",
        "俄文",
        "法文",
        "德文",
        "韩文",
        "kor",
        "ko",
        "ita",
        "it",
        "por",
        "pt",
        "lat",
        "ara",
        "nl",
        "dut",
    ]
)
_WESTERN_NAME = re.compile(
    r"[A-ZÀ-Þ][\w.'’-]*(?:,? [A-ZÀ-Þa-z][\w.'’-]*){1,4}(?:, (?:b\. |d\. |ca\. )?\d{4}.*)?"
)
_HAN_NAME = re.compile(
    r"(?:[\[(（［][^\])）］]{1,6}[\])）］])?[\u3400-\u9fff]{2,4}(?:[,，、;；和 ]+[\u3400-\u9fff]{2,4})*"
    r"(?:著|编|编著|主编|等|译|撰|等著|等编)*"
)
_COUNTRY_CODE = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z]{2})?")


@cache
def _names() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in (files(__package__) / "columns.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            member, names = line.split("\t")[:2]
            for name in names.split("|"):
                table.setdefault(_key(name), member)
    return table


def _key(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in text if sign.isalnum())


def member_of(name: str) -> str:
    """The member that a column of this name holds, or nothing (列名识别): whole name, then without what
    brackets add.
    """
    if name == "_key":
        return "id"  # The JSON reader's name for the key an object stands under.
    table = _names()
    found = table.get(_key(name))
    if found is None:
        found = table.get(_key(re.sub(r"[（(\[【].*?[)）\]】]", "", name)))
    if found is None and re.search(r"[/／:：,，]", name):
        found = next(
            (table[_key(part)] for part in re.split(r"[/／:：,，]", name) if _key(part) in table), None
        )
    if found is None:
        words = _key(name)
        for ending in ("isbn", "issn", "url", "doi"):
            if words.endswith(ending) or words.startswith(ending):
                return table[ending]
    return found or ""


def member_of_values(values: Sequence[str]) -> str:
    """The member that these values look like (列值识别): an identifier, year, address, language, name or
    long text.
    """
    found = [text for text in map(plain, values) if text][:200]
    if len(found) < 1:
        return ""

    def share(test: Any) -> float:
        return sum(bool(test(text)) for text in found) / len(found)

    if share(web_address) > 0.8:
        pictures = share(lambda text: re.search(r"\.(?:jpe?g|png|gif|webp)(?:\?|$)", text, re.I))
        return "links.cover" if pictures > 0.8 else "links.fulltext"
    if share(_DOI.fullmatch) > 0.8:
        return "identifiers.doi"
    if share(lambda text: _ISSN.fullmatch(text) and identifier.issn(text).valid) > 0.7:
        return "identifiers.issn"
    if share(lambda text: _ISBN_LIKE.fullmatch(text) and identifier.isbn(text).valid) > 0.7:
        return "identifiers.isbn"
    if share(_CN.fullmatch) > 0.7 and share(lambda text: "-" in text) > 0.7:
        return "identifiers.cn"
    if share(_FOUR.fullmatch) > 0.8:
        return "year"
    if share(_YEAR.fullmatch) > 0.8 and share(lambda text: re.search(r"(?:1[4-9]|20)\d{2}", text)) > 0.8:
        return "date"
    if share(lambda text: text.casefold() in _LANGUAGES) > 0.8:
        return "languages"
    lengths = sorted(map(len, found))
    for mark in ("_", ";", "；", "|"):
        parts = [part for text in found if mark in text for part in text.split(mark)]
        if share(lambda text, mark=mark: mark in text) > 0.6 and sum(map(len, parts)) < 15 * len(parts):
            return "subjects"
    if lengths[len(lengths) // 2] > 60 and share(lambda text: re.search(r"[。；.;，,]", text)) > 0.6:
        return "abstract"
    if share(_HAN_NAME.fullmatch) > 0.6 and lengths[len(lengths) // 2] <= 12 and _varied(found) > 0.3:
        return "contributors.author" if lengths[len(lengths) // 2] <= 8 else ""
    if (
        share(_WESTERN_NAME.fullmatch) > 0.7
        and share(lambda text: len(text.split()) <= 5) > 0.9
        and _varied(found) > 0.3
    ):
        return "contributors.author"
    if (
        share(lambda text: re.search(r"(?:大学|大學|学院|學院|University|College|Institute)", text)) > 0.8
        and lengths[-1] < 60
    ):
        return "extra.school"
    return ""


def _varied(values: Sequence[str]) -> float:
    return len(set(values)) / len(values) if values else 0.0


def suggest(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The mapping a table suggests (映射建议): the ``[record]`` table only; empty when nothing looks like a
    title.
    """
    values = {
        name: [row[index] for row in rows if index < len(row) and row[index].strip()]
        for index, name in enumerate(columns)
    }
    chosen: dict[str, list[str]] = {}
    people = any(member_of(name).startswith("contributors.") and values[name] for name in columns)
    for name in columns:
        member = member_of(name) or member_of_values(values[name])
        if people and member.startswith("contributors.") and not member_of(name):
            continue  # Another column says who; short words beside it are places or publishers.
        if not member or (rows and not values[name]):
            continue
        if (
            member == "relations.in.title"
            and len(values[name]) > 5
            and _varied(values[name]) <= 1 / len(values[name])
        ):
            continue  # The same words in every row name the list's own source, not a journal.
        chosen.setdefault(member, []).append(name)
    if "title" not in chosen:
        title = _title_column([name for name in columns if not member_of(name)], values, chosen)
        if not title:
            return {}
        for names in chosen.values():
            if title in names:
                names.remove(title)
        chosen["title"] = [title]
    _settle(chosen, values)
    record: dict[str, Any] = {}
    for member, names in chosen.items():
        if names:
            _put(record, member, _rule(member, names, values))
    return {"record": record}


def _settle(chosen: dict[str, list[str]], values: dict[str, list[str]]) -> None:
    """Columns that claim a member with one value: the best keeps it, the others become something near it."""
    first, *others = chosen["title"]
    chosen["title"] = [first]
    for other in others:
        if _is_han(values[first]) and not _is_han(values[other]):
            chosen.setdefault("titles.parallel", []).append(other)
        else:
            chosen.setdefault("titles.variant", []).append(other)
    if not values[first] and others:
        chosen["title"] = [first, *others]
    years = chosen.get("year", [])
    if len(years) == 2 and re.search(r"end|last|止|終|终", years[1], re.I):
        chosen["year"], chosen["year_end"] = years[:1], years[1:]
    for member in (
        "id",
        "date",
        "year",
        "edition",
        "extent",
        "publisher",
        "place",
        "rights",
        "price",
        "volume",
        "responsibility",
    ):
        if len(chosen.get(member, [])) > 1:
            # A column without a word before its name comes first: date before ingest_date.
            chosen[member] = (
                sorted(chosen[member], key=len)[:1]
                if member in ("id", "date", "year")
                else chosen[member][:1]
            )


def _is_han(found: Sequence[str]) -> bool:
    sample = "".join(found[:50])
    return sum("\u3400" <= sign <= "\u9fff" for sign in sample) * 3 > len(sample)


def _title_column(
    candidates: Sequence[str], values: dict[str, list[str]], chosen: dict[str, list[str]]
) -> str:
    """The column that could be titles: filled, varied, neither codes nor long texts; the first best."""
    taken = {
        name for member, names in chosen.items() if not member.startswith("contributors") for name in names
    }
    best = ("", 0.0)
    for name in candidates:
        found = values[name]
        if name in taken or not found:
            continue
        letters = sum(bool(re.search(r"[^\W\d_]{2}", text)) for text in found) / len(found)
        length = sorted(map(len, found))[len(found) // 2]
        if letters < 0.8 or length > 150 or length < 2:
            continue
        score = _varied(found) * letters + (0.05 if length >= 4 else 0)
        if score > best[1] + 0.1:
            best = (name, score)
    return best[0]


def _rule(member: str, names: list[str], values: dict[str, list[str]]) -> Any:
    rules = [_one_rule(member, name, values[name]) for name in names]
    return rules[0] if len(rules) == 1 else rules


def _one_rule(member: str, name: str, found: list[str]) -> Any:
    if member == "year" and any(re.search(r"\.0+$", text) for text in found):
        return {"column": name, "number": True}
    if member.startswith(_PARTED):
        mark = _mark(found, member)
        if mark:
            return {"column": name, "split": mark}
    return name


def _mark(found: list[str], member: str) -> str:
    """The mark that parts several values in a cell, or nothing; a comma within ``Family, Given`` parts
    nothing.
    """
    for mark in _MARKS:
        with_mark = [text for text in found if mark in text]
        if len(with_mark) * 50 < len(found) or not with_mark:
            continue
        if member.startswith("links.") and mark in ("_", ",", "/", "//", ";"):
            continue
        if mark in ("_", "/", "//") and member != "subjects":
            continue
        if mark == "," and member.startswith("contributors."):
            # "Rowling, Joanne" is one name: every part of a list of names has two words or is Chinese.
            parts = [part.strip() for text in with_mark for part in text.split(",")]
            whole = sum(
                " " in part or "." in part or bool(re.search(r"[\u3400-\u9fff]", part)) for part in parts
            )
            if whole < 0.8 * len(parts) or any(re.search(r"\d{4}", part) for part in parts):
                continue
        return mark
    return ""


def _put(record: dict[str, Any], member: str, rule: Any) -> None:
    head, *rest = member.split(".")
    if not rest:
        if head in record and isinstance(record[head], dict) and "column" not in record[head]:
            record[head]["topic"] = rule  # subjects beside subjects.place
        else:
            record[head] = rule
        return
    if head in record and (not isinstance(record[head], dict) or "column" in record[head]):
        record[head] = {"topic": record[head]}
    here = record.setdefault(head, {})
    for name in rest[:-1]:
        here = here.setdefault(name, {})
    here[rest[-1]] = rule
