"""How a query was understood, said back to the reader, and why a hit is where it is (检索解释)."""

from __future__ import annotations

import re
from typing import Any

from ereader.search.identifiers import recognise
from ereader.search.query_fields import FIELDS
from indexer.document import Display
from indexer.index.query import (
    And,
    Everything,
    Exact,
    Near,
    Node,
    Not,
    Nothing,
    Or,
    Phrase,
    Range,
    Wildcard,
    Words,
)
from indexer.text.analyse import analyse, key

_SIGNS = re.compile(r"[\"＂“”„‟〝〞「」『』«»《》〈〉﹁﹂﹃﹄()（）﹙﹚\\*＊?？:：\[\]{}]|&&|\|\||[＆｜]")
_BARE = re.compile(r"(?!(?:AND|OR|NOT)\Z)\w[\w./-]*")
_LEADING = re.compile(r"(?<!\S)[-－+＋!！,，;；、^＾]+(?=\S)")
_OPERATOR_WORDS = re.compile(r"(?<!\S)(AND|OR|NOT)(?!\S)")


def understood(tree: Node) -> str:
    """The tree in the query language itself, fully bracketed where operators mix; parsed again it is the
    same tree.
    """
    return _print(tree, inside="")


def _print(node: Node, inside: str) -> str:
    match node:
        case Everything():
            return "*"
        case Nothing():
            return ""
        case Words(field, text):
            words = _plain(text)
            many = " " in words
            return (
                f"{_prefix(field)}({words})"
                if many and (field != "all" or inside == "not")
                else _prefix(field) + words
            )
        case Phrase(field, text, start):
            return f'{_prefix(field)}{"^" if start else ""}"{_plain(text)}"'
        case Wildcard(field, pattern):
            return _prefix(field) + pattern
        case Near(field, word):
            return f"{_prefix(field)}{word}"
        case Range(field, low, high):
            return f"{field}:{print_years_typed(low, high)}"
        case Exact(field, value):
            bare = _BARE.fullmatch(value) is not None and recognise(f"{field}:{value}") in (None, node)
            return f"{field}:{value}" if bare else f'{field}:"{value.replace(chr(34), " ")}"'
        case Not(child):
            return f"NOT {_print(child, 'not')}"
        case And(children):
            text = " AND ".join(_print(child, "and") for child in children)
            return f"({text})" if inside else text
        case Or(children):
            text = " OR ".join(_print(child, "or") for child in children)
            return f"({text})" if inside else text


def _prefix(field: str) -> str:
    return "" if field == "all" else f"{field}:"


def print_years_typed(low: int | None, high: int | None) -> str:
    """Two points rather than a dash where a minus or an open end stands beside it: ``-221..-206``,
    ``1990..``.
    """
    if low is not None and low == high and low >= 0:
        return str(low)
    dots = low is None or high is None or low < 0 or high < 0
    return f"{'' if low is None else low}{'..' if dots else '-'}{'' if high is None else high}"


def _plain(text: str) -> str:
    """Words without the signs that would mean something if the text were parsed again; none of them is
    indexed.
    """
    words = " ".join(_LEADING.sub("", " ".join(_SIGNS.sub(" ", text).split())).split())
    return _OPERATOR_WORDS.sub(r"\\\1", words) or text.strip()


def structure(tree: Node) -> dict[str, Any]:
    """The tree as plain data for whoever shows it in a language of their own.

    An inner node is ``{"op", "parts"}`` with op and, or, not, all, none. A leaf has ``field``, ``match``
    and ``text``, with match words, phrase, begins, wildcard or exact; with match range ``low`` and ``high``
    instead.
    """
    match tree:
        case Everything():
            return {"op": "all", "parts": []}
        case Nothing():
            return {"op": "none", "parts": []}
        case Words(field, text):
            return {"field": field, "match": "words", "text": text}
        case Phrase(field, text, start):
            return {"field": field, "match": "begins" if start else "phrase", "text": text}
        case Wildcard(field, pattern):
            return {"field": field, "match": "wildcard", "text": pattern}
        case Near(field, word):
            return {"field": field, "match": "near", "text": word}
        case Exact(field, value):
            return {"field": field, "match": "exact", "text": value}
        case Range(field, low, high):
            return {"field": field, "match": "range", "low": low, "high": high}
        case Not(child):
            return {"op": "not", "parts": [structure(child)]}
        case And(children) | Or(children):
            return {"op": "and" if isinstance(tree, And) else "or", "parts": [structure(c) for c in children]}


_WORDS = {
    "zh": {
        "and": " 且 ",
        "or": " 或 ",
        "not": "不含 ",
        "all": "全部文献",
        "none": "无",
        "words": "含",
        "phrase": "含短语",
        "begins": "开头为",
        "wildcard": "含词形",
        "exact": "为",
        "range": "在",
        "open": "（",
        "close": "）",
        "quote": "「{}」",
        "from": "{} 年及以后",
        "to": "{} 年及以前",
        "between": "{} 至 {} 年",
        "one": "{} 年",
        "bce": "公元前 {}",
    },
    "en": {
        "and": " and ",
        "or": " or ",
        "not": "not ",
        "all": "everything",
        "none": "nothing",
        "words": " contains ",
        "phrase": " contains the phrase ",
        "begins": " begins with ",
        "wildcard": " contains a word like ",
        "exact": " is ",
        "range": ": ",
        "open": "(",
        "close": ")",
        "quote": "“{}”",
        "from": "{} or later",
        "to": "{} or earlier",
        "between": "{} to {}",
        "one": "{}",
        "bce": "{} BCE",
    },
}


def in_words(tree: Node, lang: str = "zh") -> str:
    """The tree as a sentence in Chinese or English, in the words of the table of fields."""
    words = _WORDS["en" if lang.startswith("en") else "zh"]
    return _say(tree, words, lang, nested=False)


def _say(node: Node, words: dict[str, str], lang: str, nested: bool) -> str:
    match node:
        case Everything():
            return words["all"]
        case Nothing():
            return words["none"]
        case Words(field, text) | Phrase(field, text) | Wildcard(field, text) | Exact(field, text):
            kind = type(node).__name__.lower()
            if isinstance(node, Phrase) and node.start:
                kind = "begins"
            return _label(field, lang) + words[kind] + words["quote"].format(text)
        case Near(field, word):
            return _label(field, lang) + words["words"] + words["quote"].format(word)
        case Range(field, low, high):
            return _label(field, lang) + words["range"] + _say_years(low, high, words)
        case Not(child):
            return words["not"] + words["open"] + _say(child, words, lang, nested=False) + words["close"]
        case And(children) | Or(children):
            joint = words["and" if isinstance(node, And) else "or"]
            text = joint.join(_say(child, words, lang, nested=True) for child in children)
            return words["open"] + text + words["close"] if nested else text


def _say_years(low: int | None, high: int | None, words: dict[str, str]) -> str:
    ends = [words["bce"].format(-y) if y is not None and y < 0 else str(y) for y in (low, high)]
    if low is None:
        return words["to"].format(ends[1])
    if high is None:
        return words["from"].format(ends[0])
    return words["one"].format(ends[0]) if low == high else words["between"].format(*ends)


def _label(field: str, lang: str) -> str:
    known = FIELDS.get(field)
    return known.label(lang) if known is not None else field


def why(tree: Node, display: Display) -> tuple[str, ...]:
    """Where a hit agrees with the words of a query, the strongest reason first; codes, for staff.

    ``title-exact``, ``title-begins``, ``title-phrase``, ``title-words``, ``author``, ``elsewhere``.
    """
    texts = [node.text for node in positive(tree) if isinstance(node, Words | Phrase)]
    wanted = key(" ".join(texts))
    if not wanted:
        return ()
    title = key(display.title)
    whole = key(f"{display.title} {display.title_remainder}")
    reasons = []
    if wanted in (title, whole):
        reasons.append("title-exact")
    elif whole.startswith(wanted):
        reasons.append("title-begins")
    elif f" {wanted} " in f" {whole} ":
        reasons.append("title-phrase")
    elif set(wanted.split()) <= set(whole.split()):
        reasons.append("title-words")
    names = set(analyse(" ".join(display.contributors)))
    if names & set(wanted.split()):
        reasons.append("author")
    return tuple(reasons) or ("elsewhere",)


def positive(tree: Node) -> list[Node]:
    """The leaves that a hit may show, those under NOT left out."""
    match tree:
        case And(children) | Or(children):
            return [leaf for child in children for leaf in positive(child)]
        case Not() | Everything() | Nothing():
            return []
        case _:
            return [tree]
