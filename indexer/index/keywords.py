"""How values of keyword and facet fields are made comparable (键值规范)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from indexer.index.fields import BY_NAME, Field
from indexer.index.shown import full_term, read_term, term_of
from indexer.text.analyse import key, without_and
from indexer.text.fold import fold
from indexer.text.sorting import title_sort_key

MAX_VALUE = 160  # characters of a facet value that are kept
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)")
_NOT_COMPACT = re.compile(r"[\W_]+")
_COMPACT: dict[int, str | None] = {c: chr(c).lower() if chr(c).isalnum() else None for c in range(128)}
_DIGITS: dict[int, str | None] = {c: chr(c).lower() if chr(c) in "0123456789xX" else None for c in range(128)}
_ISBN10 = re.compile(r"[0-9]{9}[0-9x]")


def isbn13(compact: str) -> str:
    """The 13 digits of an ISBN given as 10 characters; anything else unchanged."""
    if not _ISBN10.fullmatch(compact):
        return compact
    body = "978" + compact[:9]
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body))
    return f"{body}{-total % 10}"


def keyword(field: Field, value: str) -> str:
    """The comparable form of a value of a keyword field, the same when indexing and asking; "" when nothing
    is left.
    """
    if field.fold == "plain":
        return _DOI.sub("", fold(value).strip())
    if field.fold == "digits":
        digits = (value if value.isascii() else fold(value).encode("ascii", "ignore").decode()).translate(
            _DIGITS
        )
        return isbn13(digits) if len(digits) == 10 and field.name == "isbn" else digits
    return value.translate(_COMPACT) if value.isascii() else _NOT_COMPACT.sub("", fold(value))


def well_formed(text: str) -> str:
    """The text with lone surrogates, which no engine can take, made question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@lru_cache(maxsize=65536)
def facet_term(name: str, value: str) -> str:
    """The term that stands for a facet value in the index: folded key, separator, shown form.

    Codes stand for themselves. The key in front makes "values that begin with" and suggestions a walk over
    terms. The levels of a path stand in full: what is below a path begins with it.
    """
    value = well_formed(value[:MAX_VALUE])
    field = BY_NAME[name]
    if field.coded:
        return value
    return (full_term if field.levels else term_of)(key(value), value)


def term_digest(term: str) -> int:
    """The number that stands for a facet term in a column of numbers (63 bits)."""
    return (
        int.from_bytes(hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1
    )


facet_digest = lru_cache(maxsize=65536)(term_digest)  # the same, for the terms that are read again and again


@lru_cache(maxsize=32768)
def facet_value(term: str) -> str:
    """The shown form in a facet term."""
    return read_term(term)[1]


TITLE_KEY = 80  # characters of a title's place in alphabetical order that stand in front of it


def tie_break(union_id: str) -> int:
    """48 bits of an id: they break ties in every order, and are the order of a walk through all documents,
    the same way on every engine and after every rebuild.
    """
    return int.from_bytes(hashlib.blake2b(union_id.encode("utf-8", "replace"), digest_size=6).digest(), "big")


def title_term(title: str) -> str:
    """The term that stands for a title as it is printed: its place in the alphabet, separator, title."""
    return term_of(title_sort_key(title)[:TITLE_KEY], title[:MAX_VALUE])


def exact_key(step: str, text_key: str) -> int:
    """The number that stands for a whole title in the index, made of how the title is meant and its ``key``.

    Long titles as terms would make a third of the index; 63 bits keep them apart. *And* is left out, as &.
    """
    digest = hashlib.blake2b(
        f"{step}{without_and(text_key)}".encode("utf-8", "replace"), digest_size=8
    ).digest()
    return int.from_bytes(digest, "big") >> 1


LOOSE = 1  # the last bit of a digest of a work: set where the key is a loose one


def work_digest(text: str, loose: bool) -> int:
    """The number that stands for a key of a work (作品摘要), beside those of titles in ``exact``."""
    return exact_key("work", text) & ~LOOSE | loose


def same_work(digests: Iterable[int]) -> tuple[int, ...]:
    """The digests by which other documents of the same work are known, given those of one document.

    A firm key (even) is met by the same firm or loose one, a loose key (odd) by the firm one only.
    """
    wanted: dict[int, None] = {}
    for digest in digests:
        wanted[digest & ~LOOSE] = None
        if not digest & LOOSE:
            wanted[digest | LOOSE] = None
    return tuple(wanted)


def paths(value: str, levels: int) -> list[str]:
    """A path and all above it: ``A / B / C`` → ``A``, ``A / B``, ``A / B / C``."""
    parts = value.split(" / ")[:levels]
    return [" / ".join(parts[: n + 1]) for n in range(len(parts))]
