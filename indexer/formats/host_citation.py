"""Journal, volume, issue and pages out of a citation written as text (出处解析).

Repositories and journal systems put the host of an article into one element: ``Revista Z; Vol. 4 Núm. 2
(2015); 45-67``, ``Journal of X 3(2): 11-19``, ``图书馆杂志, 1998, 24(3): 12-15``, ``第24卷第3期``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBER = r"([0-9]{1,4}[A-Za-z]?(?:[-/–][0-9]{1,4})?|[IVXLC]{1,7}\b)"
_VOLUME = re.compile(
    rf"(?:\bvol(?:ume|umen|\.)?|\b[vt]\.|\bbd\.?|\btom[eo]?\.?|\bjg\.?)\s*{_NUMBER}"
    r"|第?\s*([0-9]{1,4}|[一二三四五六七八九十百]{1,6})\s*卷",
    re.I,
)
_ISSUE = re.compile(
    rf"(?:\b(?:no|nos|nr|num|núm|número|numero|issue|iss|heft|fasc|n)\b\.?|\bn?[º°]|№)\s*{_NUMBER}"
    r"|第?\s*([0-9]{1,4}(?:[-/][0-9]{1,4})?|[一二三四五六七八九十百]{1,6})\s*期",
    re.I,
)
_BOTH = re.compile(r"(?<![0-9-])([0-9]{1,4})\s*[(（]\s*([0-9A-Za-z]{1,6}(?:[-/–][0-9A-Za-z]{1,4})?)\s*[)）]")
_PAGES = re.compile(
    r"(?:(?:^|[;,:：，；)）]\s*)(?:pp?\.?\s*)?|\bpp?\.?\s*|第\s*)"
    r"([A-Za-z]?[0-9]{1,6}\s*[-–—~]\s*[A-Za-z]?[0-9]{1,6})\s*[页頁]?\s*(?:[.;,(，；]|$)"
)
_TITLE_END = re.compile(
    r"\s*(?:[;；]|[,，.]\s*(?=[0-9(（第]|vol|v\.|no\b|pp?\.)|\bvol(?:ume|\.)?\s*[0-9]|\s[0-9]{1,4}\s*[(（:,]|[(（][12][0-9]{3}"
    r"|第\s*[0-9一二三四五六七八九十]+\s*[卷期]|\s[12][0-9]{3}\s*年)",
    re.I,
)


class HostCitation(NamedTuple):
    """What a citation says about the host (出处); empty where it does not."""

    title: str
    volume: str
    issue: str
    pages: str


def parse(text: str) -> HostCitation:
    """Read a citation (解析出处); never raises."""
    text = text[:2000]
    end = _TITLE_END.search(text)
    title, rest = (text[: end.start()], text[end.start() :]) if end else (text, "")
    volume, issue = _first(_VOLUME, rest), _first(_ISSUE, rest)
    if not volume:
        both = _BOTH.search(rest)
        if both and not re.fullmatch(r"[12][0-9]{3}", both.group(2)):
            volume, issue = both.group(1), issue or both.group(2)
            if re.fullmatch(r"(?:19|20)[0-9]{2}", volume):
                volume = ""  # 2001(3): the third issue of a year
    pages = _PAGES.search(rest[-60:])
    return HostCitation(
        title.strip(' ,;.:，；："“”'), volume, issue, re.sub(r"\s", "", pages.group(1)) if pages else ""
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((group for group in match.groups() if group), "") if match else ""
