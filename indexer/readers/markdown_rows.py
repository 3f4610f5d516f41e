"""Rows out of Markdown (Markdown 行): what a line of a list, a page, or a part of a page says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from indexer.formats.markup import plain, web_address

HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
BULLET = re.compile(r"(\s*)[*+-]\s+(?!\[[ x]\]\s)(.*)$")
LINK = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?((?:[^()\s<>]|\([^()\s]*\))+)>?(?:\s+[\"'][^\"']*[\"'])?\s*\)|<(https?://[^<>\s]+)>"
)
_TAG = re.compile(r"<[^<>]{1,200}>")
_EMOJI = re.compile(r":[a-z][a-z0-9_+-]{2,40}:")
_MARKS = re.compile(r"\s*[*_]{0,2}[(（]\s*([^()（）]{1,80})\s*[)）][*_]{0,2}\s*$")
_TRANSLATORS = re.compile(r"[`*_]*\b(?:trl|tr|transl|译者|翻译)\.?\s*[:：]?[`*_]*\s*[:：]?\s*(.+)$", re.I)
_DASH = re.compile(r"^\s*(?:[-–—:：,]|\s-\s)+\s*")
_KEY = re.compile(
    r"\s*(?:\*\*|__)?\s*([^：:*\[\]<>`（(]{1,40}?)\s*(?:[（(][^（）()]*[)）])?\s*(?:\*\*|__)?\s*[：:]\s*(?:\*\*|__)?\s*(.*)$",
    re.S,
)
_BOOK = re.compile(r"《([^《》]{2,120})》")
_EMPHASIS = re.compile(r"(?<![*_\w])(\*\*\*|\*\*|\*|__|_)(?=\S)([^*_\n]{4,160}?)(?<=\S)\1(?![*_\w])")
# What stands where a work should be named, and names none: 无, 参见课程 notes, Lecture Notes / Slides.
_NO_WORK = re.compile(
    r"(?:无|暂无|没有|未指定|不指定|参见|詳見|详见|参考课程|参考課程|见课程|見課程|见官网|以 ?|"
    r"本课程不|none\b|n/?a\b|no\b|see\b|course notes|"
    r"(?:the )?lecture notes?\b|slides?\b|课件|讲义|精选论文|课程 ?notes|课程讲义|https?://|$)",
    re.I,
)
_REFERENCE = re.compile(r"^\s{0,3}\[([^\[\]]{1,80})\]:\s*<?(\S+?)>?\s*$", re.M)
_REFERRED = re.compile(r"\[([^\[\]]+)\]\[([^\[\]]{0,80})\]")
_PART_OF_NAME = re.compile(r"(?:Inc|Ltd|LLC|Jr|Sr|PhD|Ph\.D|Co|Corp|GmbH)\.?$", re.I)


def outside(match: re.Match[str]) -> bool:
    return bool(web_address(match.group(2) or match.group(3) or "")) and not match.group().startswith("!")


def row_of_text(text: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """The row in the Markdown of one row."""
    if context.get("part"):
        return _part_row(text)
    return _page_row(text) if context.get("cut") == "page" else _list_row(text)


def plain_markdown(text: str) -> str:
    """Text without Markdown notation (去 Markdown 标记); of a link its words."""
    text = LINK.sub(lambda match: match.group(1) or match.group(3) or "", text)
    text = _EMOJI.sub("", _TAG.sub("", text).replace("`", "").replace("\\", ""))
    text = re.sub(r"(\*\*\*|\*\*|__)(.+?)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])[*_](\S(?:[^*_]*\S)?)[*_](?![\w*])", r"\1", text)
    return plain(text)


def _list_row(text: str) -> dict[str, Any]:
    *above, item = text.split("\n")
    sections = [plain_markdown(match.group(2)) for line in above if (match := HEADING.match(line))]
    parents = [plain_markdown(line[2:]) for line in above if line.startswith("- ")]
    body = item.removeprefix("* ")
    links = [match for match in LINK.finditer(body) if outside(match)]
    first = links[0] if links else None
    before = plain_markdown(body[: first.start()]).strip(" -–—:：(（") if first else plain_markdown(body)
    words = plain_markdown(first.group(1) or "") if first is not None and first.group(2) else ""
    # "Some title ([PDF](…), [EPUB](…))": the words of the links say the form, the title stands before them.
    title = before if len(before) > 3 or not words else words
    after = body[first.end() :] if first is not None else ""
    marks = [] if title == words else [words]
    rest, found = _without_marks(after)
    marks.extend(found)
    translators: list[str] = []
    match = _TRANSLATORS.search(rest)
    if match is not None:
        translators, rest = _people(plain_markdown(match.group(1)))[0], rest[: match.start()]
    people, description = _people(_DASH.sub("", plain_markdown(rest)).strip(" -–—,，"))
    addresses = [web_address(match.group(2) or match.group(3)) for match in links]
    return {
        "title": title or words,
        "url": addresses[0] if addresses else "",
        "urls": list(dict.fromkeys(addresses)),
        "people": people,
        "translators": translators,
        "description": description,
        "marks": [mark for mark in marks if mark and mark != title],
        "archived": "yes"
        if "web.archive.org" in (addresses[0] if addresses else "") or "archived" in marks
        else "",
        "section": sections[-1] if sections else "",
        "sections": sections,
        "parent": parents[-1] if parents else "",
        "text": plain_markdown(body),
    }


def _without_marks(text: str) -> tuple[str, list[str]]:
    """A text and what stands in brackets at its end: form, licence, state."""
    found: list[str] = []
    text = _EMOJI.sub("", text).strip()
    while match := _MARKS.search(text):
        words = plain_markdown(match.group(1))
        if words:
            found.insert(0, words)
        text = text[: match.start()].rstrip()
    return text, found


def _people(text: str) -> tuple[list[str], str]:
    """Names, or the text itself where it is no list of names."""
    if not text:
        return [], ""
    pieces: list[str] = []
    for piece in re.split(r"\s*[,，、;；&]\s*|\s+and\s+|\s+和\s+", text):
        name = piece.strip(" .")
        if pieces and _PART_OF_NAME.match(name):
            pieces[-1] = f"{pieces[-1]}, {name}."
        elif name and not re.fullmatch(r"et al|等|others", name, re.I):
            pieces.append(name)
    if pieces and all(
        len(piece) <= 40 and len(piece.split()) <= 5 and not re.search(r"[。！？!?:：]", piece)
        for piece in pieces
    ):
        return list(dict.fromkeys(pieces)), ""
    return [], text


def resolved(text: str) -> str:
    """Links by reference (``[words][name]``) written out, so that every part of the page can be read by
    itself.
    """
    addresses = {match.group(1).casefold(): match.group(2) for match in _REFERENCE.finditer(text)}
    if not addresses:
        return text

    def written_out(match: re.Match[str]) -> str:
        address = addresses.get((match.group(2) or match.group(1)).casefold())
        return f"[{match.group(1)}]({address})" if address else match.group()

    return _REFERRED.sub(written_out, text)


def _bullets(text: str) -> Iterator[tuple[str, str]]:
    """Named bullets of a page with all that is under them."""
    taken: list[str] = []
    fenced = False
    for line in [*text.split("\n"), "# end"]:
        if line.lstrip().startswith("```"):
            fenced = not fenced
        bullet = BULLET.match(line)
        top = bullet is not None and len(bullet.group(1).expandtabs(4)) < 2
        if (
            top or HEADING.match(line) or (line.strip() and not line[:1].isspace() and bullet is None)
        ) and not fenced:
            if taken:
                match = _KEY.match("\n".join(taken))
                if match is not None:
                    yield re.split(r"[，,]", match.group(1))[0].strip(), match.group(2).strip()
            taken = [bullet.group(2)] if bullet is not None and top else []
        elif taken and line.strip():
            taken.append(line)


def _valued(markdown: str) -> dict[str, Any]:
    addresses = [
        web_address(match.group(2) or match.group(3)) for match in LINK.finditer(markdown) if outside(match)
    ]
    first, *others = markdown.split("\n")
    text = plain_markdown(first)
    if not text:
        text = "; ".join(plain_markdown(BULLET.sub(r"\2", line)) for line in others)
    return {"text": text, "urls": list(dict.fromkeys(addresses)), "url": addresses[0] if addresses else ""}


def _page_row(text: str) -> dict[str, Any]:
    row: dict[str, Any] = {"title": "", "sections": []}
    paragraphs: list[str] = []
    listed = False
    for line in text.split("\n"):
        heading = HEADING.match(line)
        if heading is not None:
            if len(heading.group(1)) == 1 and not row["title"]:
                row["title"] = plain_markdown(heading.group(2))
            else:
                row["sections"].append(plain_markdown(heading.group(2)))
                if paragraphs:
                    listed = True
        elif (
            not listed
            and line.strip()
            and not BULLET.match(line)
            and not line[:1].isspace()
            and not line.startswith("[")
        ):
            paragraphs.append(plain_markdown(line))
    row["abstract"] = "\n".join(paragraph for paragraph in paragraphs if paragraph)[:20_000]
    row["urls"] = list(
        dict.fromkeys(web_address(m.group(2) or m.group(3)) for m in LINK.finditer(text) if outside(m))
    )
    for key, value in _bullets(text):
        name, number = key, 2
        while name in row:
            name, number = f"{key} {number}", number + 1
        row[name] = _valued(value)
    return row


def entries(text: str, bullet: str, without: frozenset[str]) -> Iterator[str]:
    """The entries of the bullets whose name fits, each as a small page of its own."""
    try:
        wanted = re.compile(bullet)
    except re.error:
        return
    if not bullet:
        return
    title = next((line for line in text.split("\n") if line.startswith("# ")), "# ")
    found = list(_bullets(text))
    facts = [
        f"- {key}：{value}"
        for key, value in found
        if "\n" not in value and not wanted.fullmatch(key) and len(value) < 500
    ]
    for key, value in found:
        if wanted.fullmatch(key):
            for entry in _works(value, without):
                yield "\n".join([title, *facts, f"- {key}：{entry}"])


def _works(value: str, without: frozenset[str]) -> list[str]:
    """The works a bullet names: its links, else titles in 《》, else emphasised words, else all of it."""
    links = [match.group() for match in LINK.finditer(value) if outside(match) and match.group(2)]
    titles = [match.group() for match in _BOOK.finditer(LINK.sub("", value))]
    if links or titles:
        return links + titles
    bare = [match.group() for match in LINK.finditer(value) if outside(match)]
    emphasised = [match.group(2) for match in _EMPHASIS.finditer(value)]
    if emphasised:
        return emphasised
    first = value.split("\n")[0].strip(" 。.")
    words = _without_bare_links(first)
    if not words or _NO_WORK.match(words) or words in without or len(words) > 160:
        return []
    return [] if "推荐教材" in words and bare else [first]


def _without_bare_links(text: str) -> str:
    shortened = LINK.sub(lambda match: match.group(1) or "", text)
    return plain_markdown(shortened).strip("。.，,：: ").removesuffix("链接").strip("，,：: ")


def _part_row(text: str) -> dict[str, Any]:
    page = _page_row(text.rsplit("\n", 1)[0])
    key, value = next(_bullets(text.rsplit("\n", 1)[-1]), ("", ""))
    link = next((match for match in LINK.finditer(value) if outside(match)), None)
    words = (
        plain_markdown(link.group(1)) if link is not None and link.group(1) else _without_bare_links(value)
    )
    named = _BOOK.search(words)
    return {
        **{
            name: content
            for name, content in page.items()
            if name not in ("title", "abstract", "urls", "sections")
        },
        "page": page["title"],
        "key": key,
        "title": named.group(1) if named is not None else words,
        "url": web_address(link.group(2) or link.group(3)) if link is not None else "",
        "text": plain_markdown(value),
    }
