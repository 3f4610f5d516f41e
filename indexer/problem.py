"""What is wrong with a record, told to the library that sent it (数据问题).

Bad data never raises in this product: readers, adapters, normalisation and checks return Problems beside
what could be saved. An error means that the record was refused or that a value was lost; a warning means
that a value is kept but doubtful; an info is a remark.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "info"]


class Problem(msgspec.Struct, frozen=True, omit_defaults=False, gc=False):
    """One thing that is wrong (问题), with the place where a cataloguer finds it.

    ``code`` is a stable lower-case name with hyphens (``isbn-checksum``); ``field`` is the place in the
    source's own words (``010$a``, ``dc:date``, ``column 'isbn13'``); ``position`` is the ordinal of the
    record in its file, counted from 1; ``message`` says in one plain sentence what is wrong and how to mend
    it.
    """

    code: str
    severity: Severity
    message: str
    field: str = ""
    position: int = 0
    file: str = ""
    value: str = ""  # the offending value, shortened to 200 characters by whoever reports it
