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
    counted: bool = True  # of a facet: its values are counted beside hits, not only browsed and chosen

    @property
    def hashed(self) -> bool:
        """Whether the facet has so many values that engines count digests of them."""
        return self.facet and not self.coded and not self.levels


FIELDS: tuple[Field, ...] = (
    Field("all", "所有字段", "All fields", "text"),
    Field("title", "题名", "Title", "text"),
    Field("author", "责任者", "Author", "text", facet=True),
    Field("subject", "主题", "Subject", "text", facet=True),
    Field("publisher", "出版者", "Publisher", "text", facet=True),
    Field("series", "丛编", "Series", "text", facet=True),
    Field("journal", "所在刊物", "Journal", "text", facet=True),
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
    Field("shelf", "排架", "Shelf", "facet", typed=False, facet=True, coded=True, counted=False),
    Field("language", "语种", "Language", "facet", facet=True, coded=True),
    Field("country", "出版国", "Country", "facet", facet=True, coded=True),
    Field("type", "类型", "Type", "facet", facet=True, coded=True),
    Field("library", "馆藏", "Library", "facet", facet=True, coded=True),
    Field("access", "获取方式", "Access", "facet", facet=True, coded=True),
    Field("year", "年份", "Year", "number"),
    # Other forms of the names and subjects of a record, from authority files: found with field and without.
    Field("known_author", "责任者异名", "Other names", "text", typed=False),
    Field("known_subject", "主题异名", "Other subjects", "text", typed=False),
)  # fmt: skip

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
FACETS: tuple[Field, ...] = tuple(field for field in FIELDS if field.facet)
TYPED: tuple[Field, ...] = tuple(field for field in FIELDS if field.typed)


class Weight(msgspec.Struct, frozen=True):
    """One way in which a document agrees with a query (权重), the most it can add to the score, and why.

    A ``shared`` one is shared out over the words or pairs of the query; a ``counted`` one is, in each share,
    as much as BM25 gives for how rare and how frequent the word is.
    """

    value: float
    why: str
    shared: bool = False
    counted: bool = False


# All that a score is made of, from the strongest down. Each step is larger than all below it together, so
# exactness always decides before frequency; only those after "piece" may outweigh each other.
WEIGHTS: dict[str, Weight] = {
    "number": Weight(4_000_000, "the text is a number of this very record: ISBN, ISSN, DOI, call number"),
    "number begins": Weight(1_900_000, "a call or class number begins with the text: a shelf or a class"),
    "whole": Weight(921_600, "the text is the whole title with its remainder: this is the known item"),
    "proper": Weight(460_800, "the text is the title proper: 飘, 家, Nature"),
    "variant": Weight(230_400, "the text is a parallel, variant, former, uniform or romanised title"),
    "author and title": Weight(115_200, "one part is a title proper, the other in a name: cage silence"),
    "person": Weight(57_600, "the text is a person's whole name, in either order: works by an author first"),
    "pinyin": Weight(28_800, "the text can be nothing but pinyin, and is that of a title: hong lou meng"),
    "prefix": Weight(14_400, "the title begins with the text"),
    "sound": Weight(7_200, "a title or name sounds like the text, which may also be a word: women is wo men"),
    "phrase": Weight(3_600, "the words stand together in the title"),
    "name": Weight(1_800, "the words stand together in a name: a corporate body, a name in a longer form"),
    "segments": Weight(900, "words of the dictionary stand in the title: shared out over them", shared=True),
    "bigrams": Weight(440, "neighbours are neighbours in the title: shared out over the pairs", shared=True),
    "inside": Weight(220, "all words, all Han characters, are in the title, somewhere"),
    "piece": Weight(110, "one part is a title proper, the rest elsewhere: 红楼梦 1982"),
    "in title": Weight(30, "most searches are for titles; the shorter title first", True, True),
    "in author": Weight(25, "a name in a query is mostly an author's", True, True),
    "in subject": Weight(15, "a subject was chosen by a cataloguer, a note was not", True, True),
    "words": Weight(10, "a rare word says more than a frequent one, a short record than a long", True, True),
    "form in title": Weight(
        7, "a word of the title in any of its forms; the form as typed has the row in title besides", True
    ),
    "held": Weight(6, "of equally good hits a reader can fetch the one in this library today"),
    "recent": Weight(5, "on a broad topic, one or two words, the newer book is wanted", shared=True),
    "full text": Weight(3, "of equally good hits the one that can be read at once"),
}
MOST_COUNTED = 40.0  # BM25 gives less for one word: 2.2 times the logarithm of the number of documents

START = "\u2402"  # stands in front of the title proper in the text field, so that a title prefix is a phrase
SEPARATOR = "\x1f"  # between the folded key and the shown form of a facet value or a suggestion

LAYOUT = 11  # raise it when document.py fills the same fields differently


def fingerprint() -> str:
    """Names the table of fields and what it is filled with; stored with an index and compared before it is
    opened.
    """
    content = msgspec.json.encode((LAYOUT, FIELDS, START, SEPARATOR))
    return hashlib.blake2b(content, digest_size=12).hexdigest()
