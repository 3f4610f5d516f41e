"""What a serial item and contribution identifier says (连续出版物单篇标识), ANSI/NISO Z39.56-1996.

``0095-4403(199502/03)21:3<12:WATIIB>2.0.TX;2-J`` is the item segment (ISSN, chronology, enumeration, clause
4), the contribution segment (location and title code, clause 5) and the control segment, which is not read.
"""

from __future__ import annotations

import re

_SICI = re.compile(
    r"(?P<issn>\d{4}-?\d{3}[\dXx])"
    r"\((?P<date>[^)]{0,40})\)"
    r"(?P<numbers>[^<>]{0,40})"
    r"(?:<(?P<within>[^>]{0,80})>)?"
)
_DATE = re.compile(r"(\d{4})(\d{2})?(\d{2})?")
_PAGE = re.compile(r"[A-Za-z]{0,3}\d+[A-Za-z]?")


def read_sici(text: str) -> dict[str, str]:
    """What it says by the keys of OpenURL (issn, date, volume, issue, spage); empty for what is none."""
    found = _SICI.match(text.strip())
    if found is None:
        return {}
    said = {"issn": found["issn"]}
    date = _DATE.match(found["date"])
    if date:
        parts = [date[1]]
        # 21 … 24 are seasons and 31 … 34 quarters, which no date of an OpenURL can say.
        if date[2] and 1 <= int(date[2]) <= 12:
            parts.append(date[2])
            if date[3] and 1 <= int(date[3]) <= 31:
                parts.append(date[3])
        said["date"] = "-".join(parts)
    volume, _, issue = found["numbers"].strip().partition(":")
    page = (found["within"] or "").partition(":")[0]
    said["volume"], said["issue"] = volume, issue.partition(":")[0].rstrip("+*")
    said["spage"] = page if _PAGE.fullmatch(page) else ""
    return {key: value for key, value in said.items() if value}
