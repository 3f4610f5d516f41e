"""What was typed into the box becomes the query tree (检索式解析).

The text of a reader never reaches an engine's own parser. This one never raises and never refuses: what
makes no sense is mended or taken as plain words, and a note says so. ``docs/query-syntax.md`` is its
description, each example there is a test.

    query   = group of alternatives joined by OR
    group   = operands joined by AND or by nothing
    operand = [NOT | - | !] [field:] ( word | "phrase" | 《title》 | years | "(" query ")" )
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from ereader.search.identifiers import labelled, normal_form, recognise
from ereader.search.keywords import keyword_value
from ereader.search.query_fields import FIELDS
from ereader.search.tokens import Token, tokenise
from ereader.search.typed_text import clean
from ereader.search.years import parse_years
from indexer.index.query import And, Everything, Exact, Node, Not, Nothing, Or, Phrase, Range, Wildcard, Words
from indexer.text.analyse import analyse

MAX_TEXT = 2_000  # characters considered
MAX_TOKENS = (
    120  # tokens of the index in all words and phrases of a query; engines take no more in one clause
)
MAX_WILDCARDS = 6
MIN_LITERAL = 2  # characters before the first * or ?

_WILD = re.compile(r"[*＊]|(?<=\w)[?？]+(?=\w)")
_WILD_PART = re.compile(r"[\w*?]+")
_OPENERS = frozenset({"word", "phrase", "years", "field", "open", "not", "everything"})


class Parsed(msgspec.Struct, frozen=True):
    """The tree of a query, with codes of what was done to the text (``NOTES``)."""

    text: str
    tree: Node
    notes: tuple[str, ...] = ()


# Every code with its meaning in both languages; the page shows them under "how this was understood".
NOTES: dict[str, tuple[str, str]] = {
    "query-cut": (
        "检索式过长，只取前 2000 个字符",
        "the query was too long; its first 2,000 characters were used",
    ),
    "too-many-words": ("词语过多，只取前面的部分", "too many words; the first ones were used"),
    "too-deep": ("括号嵌套过深，已略去内层括号", "brackets nested too deep were left out"),
    "quote-unclosed": ("引号不成对，按普通文字处理", "a quotation mark without a partner was taken as text"),
    "bracket-unbalanced": ("括号不成对，已略去", "a bracket without a partner was left out"),
    "operator-without-operand": (
        "运算符缺少检索词，已略去",
        "an operator without a word beside it was left out",
    ),
    "mixed-operators": ("AND 先于 OR；可用括号改变", "AND binds before OR; use brackets to change that"),
    "proximity-ignored": ("不支持 ~ 与 ^，已略去", "~ and ^ are not part of the language and were left out"),
    "wildcard-needs-letters": ("通配符前至少要有两个字符", "a wildcard needs two characters before it"),
    "wildcard-han": ("汉字逐字匹配，无需通配符", "Chinese is matched by characters and needs no wildcard"),
    "too-many-wildcards": (
        "通配符过多，其余按普通文字处理",
        "too many wildcards; the others were taken as text",
    ),
    "years-not-understood": (
        "年份无法识别，按普通文字处理",
        "the years were not understood and were taken as text",
    ),
    "identifier": ("同时按号码检索", "also looked for as a number or mark"),
    "no-words": ("没有可检索的文字", "there is nothing to look for in this text"),
}


def parse(text: str, field: str = "all") -> Parsed:
    """The tree of a query. ``field`` is the search box's own field, for words without one; never raises."""
    original, text = text, clean(text[:MAX_TEXT])
    field = field if field in FIELDS else "all"
    if not text.strip():
        return Parsed(original, Everything())
    if (whole := _whole(text, field)) is not None:
        return Parsed(original, whole, ("identifier",) if field == "all" else ())
    tokens = tokenise(text)
    parser = _Parser(tokens.tokens, dict.fromkeys(tokens.notes))
    if len(original) > MAX_TEXT:
        parser.notes["query-cut"] = None
    if not any(token.kind in ("word", "phrase", "years", "everything") for token in tokens.tokens):
        # Nothing but signs: NOT, OR and ？ are titles too.
        words = text.strip()
        parser.notes = dict.fromkeys(() if analyse(words) else ("no-words",))
        return Parsed(
            original, Words(field if FIELDS[field].kind == "text" else "all", words), tuple(parser.notes)
        )
    tree = parser.alternatives(field)
    if tree is None:
        parser.notes["no-words"] = None
        tree = Nothing()
    return Parsed(original, tree, tuple(parser.notes))


def _whole(text: str, field: str) -> Node | None:
    """A box that holds nothing but one number, whose blanks are part of it: 978 7 02 000220 7."""
    if len(text) > 250 or '"' in text or "(" in text[:1]:
        return None
    kind = FIELDS[field].kind
    if (
        kind == "identifier"
        and ":" not in text
        and not re.search(r"[\"“「]|\b(?:AND|OR|NOT)\b|\|\||&&", text)
    ):
        return Exact(field, normal_form(field, text)) if analyse(text) else None
    if field == "all" and (exact := recognise(text)) is not None:
        return _numbered(exact, text)
    return None


def _numbered(exact: Exact, text: str) -> Node:
    """A number as itself or as text, for 1990-2003 may be two years; what calls itself an ISBN is one."""
    return exact if labelled(text) else Or((exact, Words("all", text.strip())))


class _Parser:
    """Recursive descent over balanced tokens; the tokens bound the depth (``tokens.MAX_DEPTH``)."""

    def __init__(self, tokens: tuple[Token, ...], notes: dict[str, None]) -> None:
        self.tokens = tokens
        self.at = 0
        self.notes = notes
        self.budget = MAX_TOKENS
        self.wildcards = 0

    def peek(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else "end"

    def alternatives(self, field: str) -> Node | None:
        """Groups joined by OR, up to the closing bracket or the end."""
        found: list[Node] = []
        mixed = False
        signs = 0
        while True:
            group, explicit = self.group(field)
            mixed = mixed or explicit
            if group is not None:
                found.append(group)
            if self.peek() != "or":
                break
            self.at += 1
            signs += 1
        if len(found) < signs + 1 and signs:
            self.notes["operator-without-operand"] = None
        if mixed and len(found) > 1:
            self.notes["mixed-operators"] = None
        return joined(Or, found)

    def group(self, field: str) -> tuple[Node | None, bool]:
        """Operands joined by AND or by nothing, and whether an AND or NOT was written."""
        runs: list[list[Node]] = [[]]
        explicit = False
        while (kind := self.peek()) not in ("or", "close", "end"):
            if kind == "and":
                self.at += 1
                explicit = True
                if not runs[-1] or self.peek() not in _OPENERS:
                    self.notes["operator-without-operand"] = None
                runs.append([])
                continue
            explicit = explicit or kind == "not"
            operand = self.operand(field)
            if operand is not None:
                runs[-1].append(operand)
        return joined(And, [node for run in runs for node in _merged(run)]), explicit

    def operand(self, field: str) -> Node | None:
        """One operand with the signs and the field before it; None where nothing follows them."""
        negated = False
        while (kind := self.peek()) in ("not", "field"):
            if kind == "not":
                negated = not negated
            else:
                field = self.tokens[self.at].name
            self.at += 1
        if kind in ("and", "or", "close", "end"):
            self.notes["operator-without-operand"] = None
            return None
        token = self.tokens[self.at]
        self.at += 1
        node = self.bracket(field) if token.kind == "open" else self.leaf(token, field)
        if node is None or not negated:
            return node
        return node.child if isinstance(node, Not) else Not(node)

    def bracket(self, field: str) -> Node | None:
        node = self.alternatives(field)
        self.at += 1  # the closing bracket, which the tokeniser has made sure of
        return node

    def leaf(self, token: Token, field: str) -> Node | None:
        if token.kind == "everything":
            return Everything()
        if token.kind == "years":
            return self.years(token.text, token.name)
        text = token.text
        kind = FIELDS[field].kind
        if kind == "years":
            return self.years(text, field)
        if kind == "identifier":
            if token.kind == "word" and re.fullmatch(r"[^*?＊]{2,40}[*＊]", text):
                return Wildcard(field, unicodedata.normalize("NFKC", text))
            return Exact(field, normal_form(field, text))
        if kind == "keyword":
            return Exact(field, keyword_value(field, text))
        if token.kind == "phrase":
            text = self.afford(text)
            if token.start:
                field = "title" if field == "all" else field
                if field != "title":
                    self.notes["proximity-ignored"] = None
            named = token.name if token.name and field == "all" else field
            return Phrase(named, text, token.start and named == "title") if text else None
        if field == "all" and (exact := recognise(text, alone=False)) is not None:
            self.notes["identifier"] = None
            return _numbered(exact, text)
        if _WILD.search(text) and "://" not in text:
            return self.wildcard(text, field)
        text = self.afford(text)
        return Words(field, text) if text else None

    def years(self, text: str, field: str) -> Node | None:
        years = parse_years(text)
        if years is not None:
            return Range(field, *years)
        self.notes["years-not-understood"] = None
        text = self.afford(text)
        return Words("all", text) if text else None

    def wildcard(self, text: str, field: str) -> Node | None:
        """A word with * or ?: each part between other signs by itself, as the index cuts words there too."""
        parts: list[Node] = []
        for part in _WILD_PART.findall(unicodedata.normalize("NFKC", text)):
            pattern = re.sub(r"\*[*?]*", "*", part).rstrip("?")
            literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
            plain = re.sub(r"[*?]+", " ", pattern)
            wild = "*" in pattern or "?" in pattern
            if wild and len(analyse(re.sub(r"[*?]+", "", pattern))) != 1:
                # Han, kana and Hangul are indexed by characters, so no word of the index could fit.
                self.notes["wildcard-han"] = None
            elif wild and len(literal) < MIN_LITERAL:
                self.notes["wildcard-needs-letters"] = None
            elif wild and self.wildcards >= MAX_WILDCARDS:
                self.notes["too-many-wildcards"] = None
            elif wild:
                self.wildcards += 1
                parts.append(Wildcard(field, pattern))
                continue
            if affordable := self.afford(plain):
                parts.append(Words(field, affordable))
        return joined(And, _merged(parts))

    def afford(self, text: str) -> str:
        """The text, cut where the query has used up its tokens; "" when nothing to look for is left."""
        count = len(analyse(text))
        if count > self.budget:
            self.notes["too-many-words"] = None
            while text and count > self.budget:
                # Cutting by halves keeps a long text cheap; the border is of no importance.
                text = text[: min(len(text) // 2, len(text) - 1)]
                count = len(analyse(text))
        self.budget -= count
        return text if count else ""


def _merged(run: list[Node]) -> list[Node]:
    """Neighbouring words of one field are one Words, so that their nearness and order can rank."""
    merged: list[Node] = []
    for node in run:
        last = merged[-1] if merged else None
        if isinstance(node, Words) and isinstance(last, Words) and node.field == last.field:
            merged[-1] = Words(node.field, f"{last.text} {node.text}")
        else:
            merged.append(node)
    return merged


def joined(kind: type[And] | type[Or], nodes: Iterable[Node]) -> Node | None:
    """The nodes under one operator, flat and each once; a single node stands by itself, none is None."""
    flat: dict[Node, None] = {}
    for node in nodes:
        flat.update(dict.fromkeys(node.children if isinstance(node, kind) else (node,)))
    if not flat:
        return None
    return kind(tuple(flat)) if len(flat) > 1 else next(iter(flat))
