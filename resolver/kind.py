"""What kind of thing a link means (文献类型判断): its genre, or what fits the rest of what it says."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from resolver.draft import Draft

GENRES = frozenset(
    (
        "article", "journal", "issue", "proceeding", "conference", "preprint", "book", "bookitem", "report",
        "document", "dissertation", "patent",
    )
)  # fmt: skip
_SPELT = {
    "chapter": "bookitem",
    "bookchapter": "bookitem",
    "bookpart": "bookitem",
    "thesis": "dissertation",
    "journalarticle": "article",
    "conferencepaper": "proceeding",
}
_PARTS = frozenset(("atitle", "volume", "issue", "spage", "pages", "artnum", "part"))
_JOURNAL = frozenset(("issn", "eissn", "jtitle", "coden", "sici"))
# What says where a dissertation is abstracted, not what it is.
_OF_THE_ARTICLE = (
    "issn", "eissn", "jtitle", "stitle", "atitle", "volume", "issue", "spage", "epage", "pages", "part",
    "artnum",
)  # fmt: skip
_LISTS = (
    "dissertation abstracts", "masters abstracts", "microfilm abstracts", "dissertation summaries",
    "diss abstr", "dissert abstr", "dissertation abstr", "masters abstr",
)  # fmt: skip


@cache
def _dissertation_issns() -> frozenset[str]:
    text = files(__package__).joinpath("dissertation_abstracts.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def settle_kind(draft: Draft) -> None:
    """What kind of thing is meant; a genre that contradicts the rest gives way to it."""
    said = (draft.get("genre") or "").strip().lower().replace(" ", "").replace("-", "").replace("_", "")
    said = _SPELT.get(said, said)
    has = {key for key, values in draft.values.items() if values}
    if said in ("", "unknown"):
        draft.kind = _numbered(draft.format, has) if said else _described(draft.format, has)
        if draft.kind:
            draft.tell(
                "genre-guessed",
                f"no usable genre was given; {draft.kind} fits what is described",
                "genre",
                said,
            )
    elif said in GENRES:
        draft.kind = _consistent(draft, said, has)
    else:
        draft.tell("genre-unknown", "this genre is in no format", "genre", said)


def _consistent(draft: Draft, said: str, has: set[str]) -> str:
    numbered = bool(has & {"issn", "eissn", "jtitle"})
    bookish = bool(has & {"isbn", "btitle"})
    if said in ("book", "bookitem") and "atitle" in has and numbered and not bookish:
        message = "a title inside something with an ISSN and nothing of a book means an article"
        draft.tell("genre-mended", message, "genre", said)
        return "article"
    if said == "book" and "atitle" in has:
        draft.tell("genre-mended", "a book with a title inside it means a chapter", "genre", said)
        return "bookitem"
    if said == "journal" and "atitle" in has:
        draft.tell("genre-mended", "a journal with a title inside it means an article", "genre", said)
        return "article"
    if said == "article" and "isbn" in has and not has & {"issn", "eissn", "jtitle", "volume", "issue"}:
        draft.tell("genre-mended", "an article with nothing but an ISBN is part of a book", "genre", said)
        return "bookitem" if "atitle" in has else "book"
    return said


def _numbered(format: str, has: set[str]) -> str | None:
    """What numbers and titles of their own kind tell, which no default stands behind."""
    if format in ("dissertation", "patent"):
        return format
    journal = has & _JOURNAL
    if ("isbn" in has and not journal) or (format == "book" and "jtitle" not in has):
        return "bookitem" if "atitle" in has else "book"
    if journal:
        return "article" if has & _PARTS else "journal"
    return None


def _described(format: str, has: set[str]) -> str | None:
    """As `_numbered`, or by the format, which is a journal's where a link of version 0.1 names none."""
    found = _numbered(format, has)
    if found or format != "journal":
        return found
    if "atitle" in has or ("title" in has and has & {"volume", "spage"}):
        return "article"
    return None


def catch_dissertation(draft: Draft) -> None:
    """A link to Dissertation Abstracts means the thesis; where it is abstracted is of no use to anyone."""
    issn = next(
        (i for key in ("issn", "eissn") for i in draft.values.get(key, []) if i in _dissertation_issns()), ""
    )
    journal = _plain(draft.get("jtitle", "title"))
    if not issn and not journal.startswith(_LISTS):
        return
    title = draft.get("atitle")
    if not title:
        title = draft.get("title")
        asked = _plain(draft.get("genre")) == "journal" and not draft.get("au", "aulast")
        if not title or asked or _plain(title).startswith(_LISTS):
            return  # The list itself is asked for.
    draft.tell("dissertation-caught", "the journal named only lists dissertations", "issn", issn or journal)
    draft.kind = draft.format = "dissertation"
    draft.drop(*_OF_THE_ARTICLE)
    draft.set("title", title)


def _plain(text: str | None) -> str:
    return " ".join((text or "").lower().replace(".", " ").replace("'", "").split())
