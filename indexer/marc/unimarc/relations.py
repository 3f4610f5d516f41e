"""Links, related resources and holdings of UNIMARC and CNMARC (连接、电子地址、馆藏): 4XX, 856, 9XX."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.marc import holdings as marc_holdings
from indexer.marc.found import LIMIT
from indexer.marc.unimarc import links
from indexer.marc.unimarc.found import Found
from indexer.marc.values import (
    every,
    first,
    join,
    link,
)

_CONFERENCE = re.compile(
    r"会议|會議|研讨会|研討會|年会|论文集|\b(?:conference|symposium|proceedings|congress)\b", re.IGNORECASE
)


def _electronic(found: Found, _tag: str, text: str) -> None:
    hints = every(text, "23yxz")
    label = first(text, "y") or first(text, "z") or first(text, "3") or first(text, "2")
    for url in every(text, "u"):
        made = link(url, label if not label.startswith("type:") else "", " ".join(hints), text[1:2])
        if made and len(found.links) < LIMIT:
            found.links.append(made)


def _relation(found: Found, tag: str, text: str) -> None:
    if len(found.relations) >= LIMIT:
        return
    read = links.read(text)
    if tag in links.HOSTS:
        found.host = True
        found.host_issn = found.host_issn or any(
            number.scheme in ("issn", "cn") for number in read.identifiers
        )
        found.host_meeting = found.host_meeting or _CONFERENCE.search(read.title) is not None
    if tag == "452":
        found.electronic_link = found.electronic_link or read.electronic
    if tag in ("410", "225") and not read.identifiers and not read.local_id:
        name = join([read.title, *read.parts], ". ")
        if name and not any(series.split(" ; ")[0] == name for series in found.series):
            found.series.append(f"{name} ; {read.volume}" if read.volume else name)
        return
    made = links.relation(tag, read, analytic=found.analytic)
    if made:
        found.relations.append(made)


def holding(found: Found, tag: str, text: str) -> None:
    if len(found.holding_fields) < 5 * LIMIT:
        found.holding_fields.append((tag, text))


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    **dict.fromkeys(links.KINDS, _relation),
    "856": _electronic,
    **dict.fromkeys(marc_holdings.TAGS, holding),
}  # fmt: skip
