"""Cuts what a reader typed into the words and signs of the query language (切分检索式).

The text is never refused: a sign that makes no sense where it stands is punctuation, and punctuation never
matters. One pass with a table of matching marks made beforehand, so the time grows with the length and not
with the nesting.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import msgspec

from ereader.search.query_fields import FIELDS, LONGEST_NAME, field_named
from indexer.text.analyse import analyse

Kind = Literal["word", "phrase", "years", "field", "open", "close", "and", "or", "not", "everything"]

MAX_DEPTH = 16  # brackets within brackets; deeper ones are left out

_DOUBLE = '"＂“”„‟〝〞'
# Marks that come in pairs of their own; those of titles mean a phrase in the title.
_PAIRED = {"「": "」", "『": "』", "«": "»", "《": "》", "〈": "〉", "﹁": "﹂", "﹃": "﹄"}
_CLOSING = {close: mark for mark, close in _PAIRED.items()}
_TITLE_MARKS = "《〈"
_OPEN = "(（﹙"
_CLOSE = ")）﹚"
_BEFORE_OPERAND = "-－+＋!！"
_ANCHOR = "^＾"
_SEPARATORS = ",，;；、"
_PREFIX = re.compile(
    rf"(?P<name>[^\W\d_][\w ]{{0,{LONGEST_NAME - 1}}}?)(?P<colon>\s?[:：])(?P<blank>\s*)(?=\S)"
)
_YEARS = re.compile(r"[\[{][^\]}]{1,40}[\]}]|(?:[<>]=?|[＜＞]=?)?\s*[^\s()（）]{1,40}")
_LEFTOVER = re.compile(r"~[0-9]{0,3}|\^[0-9.]{1,5}")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s?)?(?P<doi>10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_OPERATORS: dict[str, Kind] = {"AND": "and", "OR": "or", "NOT": "not"}
_SIGNS: dict[str, Kind] = {"&&": "and", "||": "or"}


class Token(msgspec.Struct, frozen=True):
    """One word or sign: ``text`` of words, phrases and years, ``name`` of a field (for 《…》 the title).

    ``start`` marks a phrase that a title has to begin with.
    """

    kind: Kind
    text: str = ""
    name: str = ""
    start: bool = False


class Tokens(msgspec.Struct, frozen=True):
    """The cut text, its brackets in balance, and codes of what was mended."""

    tokens: tuple[Token, ...]
    notes: tuple[str, ...]


def tokenise(text: str) -> Tokens:
    """Cuts a query; brackets without a partner and brackets nested too deep are left out and noted."""
    scanner = _Scanner(text)
    scanner.scan()
    return Tokens(tuple(_balanced(scanner.tokens, scanner.notes)), tuple(scanner.notes))


def wordy(text: str) -> bool:
    """Whether a text has anything to look for, by the same analysis as the index."""
    return bool(analyse(text))


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tokens: list[Token] = []
        self.notes: dict[str, None] = {}
        self.ends = _partners(text)

    def scan(self) -> None:
        while self.at < len(self.text):
            before = self.at
            if not (
                self._blank()
                or self._sign()
                or self._anchored()
                or self._quoted()
                or self._field()
                or self._word()
            ):
                self.at = before + 1

    def _blank(self) -> bool:
        if not self.text[self.at].isspace():
            return False
        self.at += 1
        return True

    def _sign(self) -> bool:
        c = self.text[self.at]
        if c in _OPEN or c in _CLOSE:
            self.tokens.append(Token("open" if c in _OPEN else "close"))
            self.at += 1
            return True
        if (kind := _SIGNS.get(unicodedata.normalize("NFKC", self.text[self.at : self.at + 2]))) is not None:
            self.tokens.append(Token(kind))
            self.at += 2
            return True
        if c in _BEFORE_OPERAND:
            if self._begins_operand() and c not in "+＋":  # every word is required anyway
                self.tokens.append(Token("not"))
            self.at += 1
            return True
        return False

    def _anchored(self) -> bool:
        """``^"Dream of`` and ``^dream``: a title begins with it."""
        if self.text[self.at] not in _ANCHOR or not self._begins_operand():
            return False
        self.at += 1
        made = len(self.tokens)
        if self.at in self.ends:
            self._quoted()
        elif wordy(run := self._run()):
            self.tokens.append(Token("phrase", run))
        for token in self.tokens[made:]:
            self.tokens[-1] = Token("phrase", token.text, start=True)
        return True

    def _begins_operand(self) -> bool:
        """Whether a sign stands before an operand: nothing or a blank before it, a word, mark or bracket
        right after it.
        """
        before = self.text[self.at - 1 : self.at]
        signs = _OPEN + ":：" + (_BEFORE_OPERAND if self.text[self.at] in _ANCHOR else "")
        if before and not (before.isspace() or before in signs):
            return False
        after = self.text[self.at + 1 : self.at + 2]
        return bool(after) and (after.isalnum() or after in _OPEN + _ANCHOR or self.at + 1 in self.ends)

    def _quoted(self) -> bool:
        mark = self.text[self.at]
        if mark not in _DOUBLE and mark not in _PAIRED:
            return False
        end = self.ends.get(self.at)
        if end is None:
            if mark in _PAIRED or mark in '"＂“':
                self.notes["quote-unclosed"] = None
            return False
        if _is_letter(self.text[end + 1 : end + 2]):
            return self._word()  # marks inside running text are punctuation: 《红楼梦》研究
        inner = self.text[self.at + 1 : end]
        self.at = end + 1
        if (leftover := _LEFTOVER.match(self.text, self.at)) is not None:
            self.notes["proximity-ignored"] = None
            self.at = leftover.end()
        if wordy(inner):
            self.tokens.append(Token("phrase", inner.strip(), "title" if mark in _TITLE_MARKS else ""))
        return True

    def _field(self) -> bool:
        name, end = self._prefix(self.at)
        if not name:
            return False
        self.at = end
        if FIELDS[name].kind == "years":
            found = _YEARS.match(self.text, end)
            if found is not None:
                self.tokens.append(Token("years", found[0], name))
                self.at = found.end()
            return True
        self.tokens.append(Token("field", name=name))
        return True

    def _prefix(self, at: int) -> tuple[str, int]:
        """The field named at a place and where its operand begins; ("", at) where none is named."""
        found = _PREFIX.match(self.text, at)
        name = field_named(found["name"]) if found is not None else None
        if found is None or name is None:
            return "", at
        # "Language: an introduction" is a title. A Latin name needs its operand right after the colon, a
        # Chinese one is followed by a blank as often as not.
        if found["blank"] and found["name"].isascii():
            return "", at
        if not found["name"].isascii() or found["colon"] in (":", "："):
            return name, found.end()
        return "", at

    def _word(self) -> bool:
        start = self.at
        if (doi := _DOI.match(self.text, start)) is not None:
            self.at = start + len(_trimmed(doi[0]))
            self.tokens.append(Token("word", self.text[start : self.at]))
            return True
        run = self._run()
        if self.at == start:
            return False
        as_typed = self.text[start : self.at]
        operator = _OPERATORS.get(unicodedata.normalize("NFKC", as_typed))
        if operator is not None:
            self.tokens.append(Token(operator))
        elif run in ("*", "＊", "*:*"):
            self.tokens.append(Token("everything"))
        elif wordy(run):
            self.tokens.append(Token("word", run))
        return True

    def _run(self) -> str:
        """Everything up to the next blank, bracket, sign or quotation that begins a new operand."""
        text, start, parts = self.text, self.at, []
        while self.at < len(text):
            c = text[self.at]
            if c.isspace() or c in _OPEN or c in _CLOSE:
                break
            if c == "\\":
                # What a reader escapes is meant as itself, and no sign of the language means anything to
                # the index.
                escaped = text[self.at + 1 : self.at + 2]
                parts.append(escaped if escaped and escaped not in "*＊?\\" else " ")
                self.at += 2
                continue
            if c in "&|＆｜" and unicodedata.normalize("NFKC", text[self.at : self.at + 2]) in _SIGNS:
                break
            if self.at in self.ends:
                if self.at > start and not _is_letter(text[self.at - 1]):
                    break
                parts.append(text[self.at : self.ends[self.at] + 1])
                self.at = self.ends[self.at] + 1
                continue
            if c in _SEPARATORS and self._prefix(_after_blanks(text, self.at + 1))[0]:
                self.at += 1
                break
            parts.append(c)
            self.at += 1
        return "".join(parts)


def _partners(text: str) -> dict[int, int]:
    """Where each opening mark closes. Marks without direction close at the next one of their kind."""
    ends: dict[int, int] = {}
    waiting: dict[str, list[int]] = {}
    following = -1
    for i in range(len(text) - 1, -1, -1):
        if text[i] in _DOUBLE:
            if following > 0 and text[i] != "〞":
                ends[i] = following
            following = i
    for i, c in enumerate(text):
        if c in _PAIRED:
            waiting.setdefault(c, []).append(i)
        elif (mark := _CLOSING.get(c)) is not None and waiting.get(mark):
            ends[waiting[mark].pop()] = i
    return ends


def _balanced(tokens: list[Token], notes: dict[str, None]) -> list[Token]:
    """Leaves out brackets that have no partner or are nested too deep."""
    dropped: set[int] = set()
    opened: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(i)
        elif token.kind == "close":
            if not opened:
                dropped.add(i)
                notes["bracket-unbalanced"] = None
            else:
                partner = opened.pop()
                if len(opened) >= MAX_DEPTH:
                    dropped |= {partner, i}
                    notes["too-deep"] = None
    if opened:
        dropped.update(opened)
        notes["bracket-unbalanced"] = None
    return [token for i, token in enumerate(tokens) if i not in dropped]


def _is_letter(c: str) -> bool:
    return bool(c) and unicodedata.category(c)[0] in "LNM"


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _trimmed(doi: str) -> str:
    """A DOI without the punctuation and the bracket of the sentence around it."""
    doi = re.split(r"[，。；、）」』》”]", doi, maxsplit=1)[0].rstrip(".,;:'\"")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1]
    return doi
