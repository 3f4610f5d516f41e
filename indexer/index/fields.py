"""The one table of fields of the search index (字段表): both engines, the parser and the pages read it.

A field is public by its name: readers type ``title:…``, URLs say ``f.subject=…``. How an engine stores a
field is the engine's own affair, but the *content* of each field is decided here and in ``document.py``
alone. Changing this table changes the fingerprint, and an index with another fingerprint is rebuilt instead
of misread.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

FieldKind = Literal["text", "keyword", "number", "facet"]


class Field(msgspec.Struct, frozen=True):
    """One field (字段).

    ``kind``: text is cut into tokens; keyword is one comparable value (``fold`` names how it is made
    comparable); number is an integer; facet has values to count only. ``levels`` above 0 makes a facet
    hierarchical, its values are paths joined with " / ". ``coded`` facet values are codes that the page
    translates; other values are shown as they are. ``prefix`` keywords also find what begins with the value
    (call and class numbers are hierarchies by prefix).
    """

    name: str
    zh: str
    en: str
    kind: FieldKind
    typed: bool = True  # whether readers may write it in the box
    facet: bool = False
    levels: int = 0
    coded: bool = False
    prefix: bool = False
    fold: Literal["", "digits", "compact", "plain"] = ""
    boost: float = 0.0
    why: str = ""  # reason of the boost

    @property
    def hashed(self) -> bool:
        """Whether the facet has so many values that engines count digests of them."""
        return self.facet and not self.coded and not self.levels


FIELDS: tuple[Field, ...] = (
    Field("all", "所有字段", "All fields", "text", boost=1.0, why="the measure for all others"),
    Field("title", "题名", "Title", "text", boost=4.0, why="most searches are for a known title"),
    Field("author", "责任者", "Author", "text", facet=True, boost=3.0, why="a name is mostly an author"),
    Field("subject", "主题", "Subject", "text", facet=True, boost=2.0, why="chosen by a cataloguer"),
    Field("publisher", "出版者", "Publisher", "text", facet=True),
    Field("series", "丛编", "Series", "text", facet=True, boost=0.5, why="volumes would bury a namesake"),
    Field("journal", "所在刊物", "Journal", "text", facet=True, boost=0.5, why="articles come after it"),
    Field("abstract", "摘要", "Abstract", "text"),
    Field("contents", "目次", "Contents", "text"),
    Field("note", "附注", "Note", "text"),
    Field("place", "地点", "Place", "text", facet=True, levels=4),
    Field("isbn", "ISBN", "ISBN", "keyword", fold="digits"),
    Field("issn", "ISSN", "ISSN", "keyword", fold="digits"),
    Field("doi", "DOI", "DOI", "keyword", fold="plain"),
    Field("identifier", "标识号", "Identifier", "keyword", fold="compact"),
    Field("callnumber", "索书号", "Call number", "keyword", prefix=True, fold="compact"),
    Field(
        "class", "分类号", "Class", "keyword", facet=True, levels=4, coded=True, prefix=True, fold="compact"
    ),
    Field("shelf", "排架", "Shelf", "facet", typed=False, facet=True, coded=True),
    Field("language", "语种", "Language", "facet", facet=True, coded=True),
    Field("country", "出版国", "Country", "facet", facet=True, coded=True),
    Field("type", "类型", "Type", "facet", facet=True, coded=True),
    Field("library", "馆藏", "Library", "facet", facet=True, coded=True),
    Field("access", "获取方式", "Access", "facet", facet=True, coded=True),
    Field("year", "年份", "Year", "number"),
)  # fmt: skip

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
FACETS: tuple[Field, ...] = tuple(field for field in FIELDS if field.facet)
TYPED: tuple[Field, ...] = tuple(field for field in FIELDS if field.typed)


class Weight(msgspec.Struct, frozen=True):
    value: float
    why: str


# What is added to the score of a document on top of the words themselves. Each step is larger than all below
# it together, so that exactness always decides before frequency.
WEIGHTS: dict[str, Weight] = {
    "whole": Weight(4000.0, "the text is the whole title with its remainder: this is the known item"),
    "proper": Weight(3500.0, "the text is the title proper: 飘, 家, Nature"),
    "variant": Weight(2000.0, "the text is a parallel, variant, former or uniform title"),
    "piece": Weight(1500.0, "one part between spaces is a title proper, as in 鲁迅 呐喊 or cage silence"),
    "prefix": Weight(800.0, "the title begins with the text"),
    "phrase": Weight(400.0, "the words stand together in the title"),
    "name": Weight(300.0, "the words stand together in a name"),
    "bigrams": Weight(120.0, "neighbours in the text are neighbours in the title: shared out over the pairs"),
    "inside": Weight(80.0, "all words are in the title, somewhere"),
}

START = "\u2402"  # stands in front of the title proper in the text field, so that a title prefix is a phrase
SEPARATOR = "\x1f"  # between the folded key and the shown form of a facet value or a suggestion

LAYOUT = 3  # raise it when document.py fills the same fields differently


def fingerprint() -> str:
    """Names the table of fields and what it is filled with; stored with an index and compared before it is
    opened.
    """
    content = msgspec.json.encode((LAYOUT, FIELDS, START, SEPARATOR))
    return hashlib.blake2b(content, digest_size=12).hexdigest()
