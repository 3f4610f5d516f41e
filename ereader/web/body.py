"""The body of a request (请求体), read piece by piece within a limit."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request


async def body_of(request: Request, most: int) -> bytes | None:
    """The body of a request, b"" when there is none, None when it is longer than ``most`` bytes or breaks
    off.
    """
    held = bytearray()
    try:
        async for piece in request.stream():
            held += piece
            if len(held) > most:
                return None
    except ClientDisconnect:
        return None
    return bytes(held)
