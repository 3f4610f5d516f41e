"""What MARC 21 and UNIMARC/CNMARC code about the type of a record (机读目录的类型代码).

The two families share leader letters with different meanings (UNIMARC ``b`` is a manuscript text, MARC 21
``t``), so the adapter decides the family first. Sources: MARC 21 Format for Bibliographic Data (leader/06-07,
006-008, 33X); UNIMARC Bibliographic Format 3rd ed. (leader/6-7, 100-145, 181-183); WH/T 0503 CNMARC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from indexer.records.evidence import Evidence
from indexer.records.resource_type import from_code
from indexer.records.resource_type_words import published_thesis

_ELECTRONIC_GMD = ("electronic", "computer file", "电子", "電子", "网络", "網路")


@lru_cache(maxsize=4096)
def _marc21_base(
    kind: str, level: str, form: str, serial: str, visual: str, thesis_code: bool, file_type: str
) -> tuple[Evidence, ...]:
    leader = f"leader/06-07 = {kind}{level}"
    online = form in ("o", "s", "q")
    if kind in ("a", "t") and level in ("s", "b", "i"):
        if level == "b":
            return (Evidence("article", "coded", leader),)
        if level == "i" or serial in ("w", "d"):
            # An updating loose-leaf (l) is a book; a web site (w) or database (d) is a resource of the web.
            return (Evidence("web-resource" if serial in ("w", "d") or online else "book", "coded", leader),)
        return (Evidence("journal" if serial != "m" else "book", "coded", leader),)
    if kind == "t":
        found = [Evidence("manuscript", "coded", leader)]
    elif kind == "a":
        found = [Evidence("book", "coded", leader)]
    elif kind in ("e", "f"):
        return (Evidence("map", "coded", leader),)
    elif kind in ("i", "j"):
        return (Evidence("audio", "coded", leader),)
    elif kind == "g":
        # 008/33 of visual materials: s slide, f filmstrip and t transparency are still pictures that are
        # projected.
        return (Evidence("image" if visual in ("s", "t") else "video", "coded", leader),)
    elif kind in ("k", "r"):
        return (Evidence("image", "coded", leader),)
    elif kind == "d":
        return (Evidence("manuscript", "coded", leader),)
    elif kind == "c":
        return (Evidence("book", "coded", leader),)
    elif kind == "p":
        return (Evidence("manuscript", "coded", leader),)
    elif kind == "m":
        if file_type in ("d",) and level == "m":  # a document: an e-book catalogued as a computer file
            return (Evidence("ebook", "coded", f"{leader}, 008/26 = d"),)
        if level in ("s",):
            return (Evidence("web-resource", "coded", leader),)
        return (Evidence("web-resource", "coded", leader),)
    elif kind == "o":
        return (Evidence("courseware", "coded", leader),)
    else:
        found = [Evidence("book", "coded", leader)]
    if thesis_code:
        found.append(Evidence("thesis", "coded", "008/24-27 = m"))
    if online and kind == "a":
        found.append(Evidence("ebook", "coded", f"008/23 = {form}"))
    return tuple(found)


def from_marc21(
    leader: str,
    f008: str = "",
    *,
    f006: Sequence[str] = (),
    f007: Sequence[str] = (),
    gmd: str = "",
    content_codes: Sequence[str] = (),
    carrier_codes: Sequence[str] = (),
    extent: str = "",
    thesis_note: str = "",
    host: bool = False,
    host_issn: bool = False,
    host_meeting: bool = False,
    modern_identifier: bool = False,
) -> list[Evidence]:
    """Evidence of a MARC 21 record (MARC 21 类型依据).

    ``gmd`` is 245$h, ``content_codes`` 336$b, ``carrier_codes`` 338$b (and 337$b), ``extent`` 300$a,
    ``thesis_note`` the text of 502, ``host`` whether there is a 773, ``host_issn`` whether it has $x,
    ``host_meeting`` whether its host is a conference.
    """
    kind = leader[6:7]
    level = leader[7:8]
    wide = kind in ("e", "f", "g", "k", "o", "r")
    form = f008[29:30] if wide else f008[23:24]
    thesis_code = kind in ("a", "t") and level in ("m", "a", "c", "d") and "m" in f008[24:28]
    found: list[Evidence] = list(
        _marc21_base(kind, level, form, f008[21:22], f008[33:34], thesis_code, f008[26:27])
    )
    if kind in ("a", "t") and level in ("a", "b") and host:
        if host_meeting:
            found.insert(
                0, Evidence("conference-paper", "coded", f"leader/07 = {level}, 773 of a conference")
            )
        elif host_issn:
            found.insert(0, Evidence("article", "coded", f"leader/07 = {level}, 773 with ISSN"))
    published = modern_identifier and published_thesis(thesis_note)
    if thesis_note and level not in ("s", "i") and not published:
        found.append(Evidence("thesis", "coded", "502 dissertation note"))
    if kind == "a" and level in ("m", "a", "c", "d"):
        _electronic(found, form, f007, f006, gmd, carrier_codes, extent)
    if content_codes and kind not in ("a", "t"):
        for code in content_codes:
            piece = from_code("rdacontent", code)
            if piece is not None and piece.type != "book":
                found.append(Evidence(piece.type, "coded", f"336 = {code[:8]}"))
    return found


def _electronic(
    found: list[Evidence],
    form: str,
    f007: Sequence[str],
    f006: Sequence[str],
    gmd: str,
    carrier_codes: Sequence[str],
    extent: str,
) -> None:
    if form in ("o", "s", "q"):
        return  # said already
    low = gmd.casefold()
    if gmd and any(word in low for word in _ELECTRONIC_GMD):
        found.append(Evidence("ebook", "coded", f"245$h {gmd[:40]}"))
    elif any(code in ("cr", "c", "cd", "ck", "cb") for code in carrier_codes):
        if "nc" not in carrier_codes and "n" not in carrier_codes:
            found.append(Evidence("ebook", "coded", "338 = computer carrier"))
    # A printed book that is also on line may carry 007 = cr for the copy (LC does so with 530), so 007 wants
    # a second witness.
    elif f007 and any(value[:2] == "cr" for value in f007):
        low = extent.casefold()
        if (
            any(value[:1] == "m" for value in f006)
            or "online" in low
            or "electronic" in low
            or "computer" in low
            or "web" in low
        ):
            found.append(Evidence("ebook", "coded", "007 = cr"))
    elif extent and ("online resource" in extent or "在线" in extent):
        found.append(Evidence("ebook", "coded", f"300 {extent[:40]}"))


_UNIMARC_KIND: dict[str, str] = {
    "a": "book",
    "b": "manuscript",
    "c": "book",
    "d": "manuscript",
    "e": "map",
    "f": "map",
    "g": "video",
    "i": "audio",
    "j": "audio",
    "k": "image",
    "l": "web-resource",
    "m": "courseware",
    "r": "image",
}


def from_unimarc(
    leader: str,
    *,
    f105a: str = "",
    f106a: str = "",
    f110a: str = "",
    f115a: str = "",
    f135a: str = "",
    f140a: str = "",
    gmd: str = "",
    thesis_note: bool = False,
    host: bool = False,
    host_issn: bool = False,
    host_meeting: bool = False,
    carrier_codes: Sequence[str] = (),
    other_medium_electronic: bool = False,
) -> list[Evidence]:
    """Evidence of a UNIMARC or CNMARC record (CNMARC 类型依据).

    ``f105a`` … are the coded subfields $a as received; ``gmd`` is 200$b or 204, ``thesis_note`` whether there
    is a 328, ``host`` whether there is a 461-464 link, ``host_issn`` whether it carries an 011,
    ``host_meeting`` whether the record has a meeting as its host.
    """
    kind = leader[6:7]
    level = leader[7:8]
    text = f"leader/6-7 = {kind}{level}"
    found: list[Evidence] = []
    if kind in ("a", "b", "l") and level in ("s", "i"):
        serial = f110a[:1]
        if serial == "g" or (level == "i" and kind == "l"):
            found.append(Evidence("web-resource", "coded", f"{text}, 110$a/0 = {serial}"))
        elif serial == "b" and level == "s":
            found.append(Evidence("book", "coded", f"{text}, 110$a/0 = b (monographic series)"))
        else:
            found.append(Evidence("journal", "coded", text))
    elif kind == "a" and level == "a" and host:
        if host_meeting:
            found.append(Evidence("conference-paper", "coded", f"{text}, host is a conference"))
        elif host_issn:
            found.append(Evidence("article", "coded", f"{text}, host with ISSN"))
        else:
            found.append(Evidence("book", "coded", text))
    elif kind == "g":
        # 115$a/0: a motion picture, b visual projection (slides), c video recording.
        found.append(Evidence("image" if f115a[:1] == "b" else "video", "coded", text))
    elif kind == "l" and (f135a[:1] == "d" or f105a):
        found.append(Evidence("ebook", "coded", f"{text}, 135$a/0 = d"))
    else:
        found.append(Evidence(_UNIMARC_KIND.get(kind, "book"), "coded", text))
    if f140a.strip():
        found.append(Evidence("ancient-book", "coded", "140 coded data of ancient books"))
    if thesis_note:
        found.append(Evidence("thesis", "coded", "328 dissertation note"))
    elif any(code in ("m", "v") for code in f105a[4:8]):
        found.append(Evidence("thesis", "coded", "105$a/4-7 = thesis"))
    if kind == "a" and level not in ("s", "i"):
        if f106a[:1] == "s":
            found.append(Evidence("ebook", "coded", "106$a = s (electronic)"))
        elif f135a[1:2] == "r":
            found.append(Evidence("ebook", "coded", "135$a/1 = r (on line)"))
        elif "cr" in carrier_codes:
            found.append(Evidence("ebook", "coded", "183 = cr"))
        elif other_medium_electronic and gmd:
            found.append(Evidence("ebook", "coded", "452 electronic edition"))
        if f106a[:1] == "h":
            found.append(Evidence("manuscript", "coded", "106$a = h (handwritten)"))
    found.extend(_gmd(gmd))
    return found


_GMD_WORDS: tuple[tuple[str, str], ...] = (
    ("拓", "rubbing"),
    ("rubbing", "rubbing"),
    ("电子资源", "ebook"),
    ("電子資源", "ebook"),
    ("电子图书", "ebook"),
    ("電子書", "ebook"),
    ("electronic", "ebook"),
    ("学位论文", "thesis"),
    ("學位論文", "thesis"),
    ("舆图", "map"),
    ("测绘", "map"),
    ("地图", "map"),
    ("手稿", "manuscript"),
    ("善本", "ancient-book"),
    ("古籍", "ancient-book"),
    ("家谱", "genealogy"),
    ("地方志", "gazetteer"),
    ("课件", "courseware"),
)


def _gmd(gmd: str) -> Iterable[Evidence]:
    if gmd:
        low = gmd.casefold()
        for word, code in _GMD_WORDS:
            if word in low:
                yield Evidence(code, "coded", f"200$b {gmd[:40]}")
                return
