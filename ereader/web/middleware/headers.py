"""Headers that keep a page to itself (安全头): no foreign code, no framing, no guessing of types."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


def _framed(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the answer's own policy says who may frame it."""
    policies = [value for name, value in headers if name.lower() == b"content-security-policy"]
    return any(b"frame-ancestors " in p and b"frame-ancestors 'none'" not in p for p in policies)


class SecurityHeaders:
    """Adds the headers to every answer, also to errors; a handler's own value stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                if _framed(message["headers"]):
                    # The older header knows no list; a browser that knows the policy goes by that.
                    present.add(b"x-frame-options")
                message["headers"] = [*message["headers"], *(h for h in HEADERS if h[0] not in present)]
            await send(message)

        await self.app(scope, receive, with_headers)
