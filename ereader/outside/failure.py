"""Why a question to the outside has no answer (对外访问失败)."""

from __future__ import annotations

from typing import Literal

import httpx

Code = Literal[
    "refused",  # the address, port, scheme or redirection is not allowed
    "unreachable",  # no such name, nobody listens, the connection broke
    "late",  # not all of the answer within the deadline
    "too-large",
    "protocol",  # not what the protocol says: no HTTP, an unknown coding, a broken certificate
    "busy",  # the host has as many questions of ours as it gets at one time
    "broken",  # it failed several times in a row and is left alone for a while
]


class OutsideError(httpx.TransportError):
    """No answer, with its ``code`` (对外访问失败). Whoever catches `httpx.HTTPError` has caught it."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
