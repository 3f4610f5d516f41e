"""Availability by SIP2 (自助服务协议查询): item information for each bar code of a record.

Source: 3M Standard Interchange Protocol 2.00. Messages: 93/94 login, 17/18 item information, 96/97 asking
for a message again. Options: ``institution`` (AO), ``charset`` (utf-8, gb18030, iso-8859-1 …), ``login``
(the user; ``secrets.password`` his password), ``location`` (CP), ``error_detection`` (true), ``terminal``
(``secrets.terminal``: AC), ``end`` (``cr`` or ``crlf``), ``batch``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import httpx
import msgspec

from holdings.availability import Availability, Copy, Status, summed
from holdings.foreign_xml import day_of
from holdings.lookup import LookupFailed, Outside, Question, Wire, number_option, text_option
from holdings.members.endpoint import Endpoint
from holdings.natural import natural

MOST_ITEMS = 20  # of one record
LONGEST = 20_000  # bytes of one message
_ENDS = {"cr": b"\r", "crlf": b"\r\n"}
# 2-character circulation status of message 18.
STATUSES: dict[str, tuple[Status, str]] = {
    "01": ("unknown", "other"),
    "02": ("unavailable", "on order"),
    "03": ("available", ""),
    "04": ("on-loan", ""),
    "05": ("on-loan", "not to be recalled yet"),
    "06": ("unavailable", "in process"),
    "07": ("on-loan", "recalled"),
    "08": ("unavailable", "waiting on hold shelf"),
    "09": ("unavailable", "waiting to be re-shelved"),
    "10": ("unavailable", "in transit"),
    "11": ("unavailable", "claimed returned"),
    "12": ("unavailable", "lost"),
    "13": ("unavailable", "missing"),
}


class Message(msgspec.Struct, frozen=True):
    """One message (报文): its two digits, fixed part, and fields of variable length."""

    code: str
    fixed: str
    fields: dict[str, list[str]]
    sequence: str = ""

    def first(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")


# How many characters of fixed length follow the code.
_FIXED = {"18": 24, "94": 1, "98": 34, "96": 0, "17": 18, "93": 2, "97": 0}


class Sip2Lookup:
    """Speaks SIP2."""

    kinds: tuple[str, ...] = ("sip2",)

    def most(self, endpoint: Endpoint) -> int:
        return number_option(endpoint, "batch", 10, most=50)

    def ask(
        self,
        endpoint: Endpoint,
        questions: Sequence[Question],
        outside: Outside,
        seconds: float,
        secret: Callable[[str], str],
    ) -> dict[str, Availability]:
        place = urlsplit(endpoint.address)
        if not place.hostname:
            raise LookupFailed("refused", "no host in the address")
        port = place.port or 6001
        found: dict[str, Availability] = {}
        try:
            with outside.dial(place.hostname, port, seconds, tls=place.scheme == "sip2s") as wire:
                talk = _Talk(wire, endpoint, secret)
                talk.login()
                for question in questions:
                    if question.barcodes:
                        copies = [talk.item(barcode) for barcode in question.barcodes[:MOST_ITEMS]]
                        known = [copy for copy in copies if copy is not None]
                        found[question.key] = summed(known) if known else Availability(error="not-found")
        except httpx.HTTPError as error:
            raise LookupFailed(getattr(error, "code", "unreachable"), str(error)) from error
        return found


class _Talk:
    def __init__(self, wire: Wire, endpoint: Endpoint, secret: Callable[[str], str]) -> None:
        self._wire, self._endpoint, self._secret = wire, endpoint, secret
        self._charset = text_option(endpoint, "charset", "utf-8")
        self._checked = endpoint.options.get("error_detection", True) is not False
        self._end = _ENDS.get(text_option(endpoint, "end", "cr"), b"\r")
        self._sequence = 0
        self._held = b""

    def login(self) -> None:
        user = text_option(self._endpoint, "login")
        if not user:
            return
        fields = [("CN", user), ("CO", self._secret("password"))]
        if text_option(self._endpoint, "location"):
            fields.append(("CP", text_option(self._endpoint, "location")))
        if self._exchange("93", "00", fields).fixed != "1":
            raise LookupFailed("refused-by-remote", "the login was refused")

    def item(self, barcode: str) -> Copy | None:
        fields = [("AO", text_option(self._endpoint, "institution")), ("AB", barcode)]
        terminal = self._secret("terminal")
        if terminal:
            fields.append(("AC", terminal))
        answer = self._exchange("17", _now(), fields)
        return copy_of(answer, barcode)

    def _exchange(self, code: str, fixed: str, fields: Sequence[tuple[str, str]]) -> Message:
        sequence = str(self._sequence)
        self._sequence = (self._sequence + 1) % 10
        sent = packed(code, fixed, fields, self._charset, sequence if self._checked else "") + self._end
        wanted = {"17": "18", "93": "94"}[code]
        for _ in range(3):
            self._wire.write(sent)
            for _ in range(3):
                data = self._line()
                answer = unpacked(data, self._charset)
                if answer is None:
                    # Damaged on the way: once more.
                    self._wire.write(packed("97", "", (), self._charset, "") + self._end)
                    continue
                if answer.code == "96":
                    break
                if self._checked and answer.sequence and answer.sequence != sequence:
                    continue
                if answer.code != wanted:
                    raise LookupFailed("protocol", f"message {answer.code[:10]} instead of {wanted}")
                return answer
        raise LookupFailed("protocol", "no usable answer in three attempts")

    def _line(self) -> bytes:
        while True:
            # Ends are CR, CR LF or LF; several in a row are one.
            self._held = self._held.lstrip(b"\r\n")
            for n, byte in enumerate(self._held):
                if byte in b"\r\n":
                    line, self._held = self._held[:n], self._held[n + 1 :]
                    return line
            if len(self._held) > LONGEST:
                raise LookupFailed("too-large", "a message without an end")
            more = self._wire.read(4_096)
            if not more:
                raise LookupFailed("unreachable", "the connection ended")
            self._held += more


def checksum(data: bytes) -> str:
    """Four hex digits: what makes the sum of all bytes zero in 16 bits."""
    return f"{-sum(data) & 0xFFFF:04X}"


def packed(code: str, fixed: str, fields: Sequence[tuple[str, str]], charset: str, sequence: str) -> bytes:
    """A message without its end; with error detection where there is a sequence number."""
    body = code + fixed + "".join(f"{name}{_plain(value)}|" for name, value in fields)
    try:
        data = body.encode(charset, "replace")
    except LookupError:
        data = body.encode("utf-8")
    if sequence:
        data += b"AY" + sequence.encode() + b"AZ"
        data += checksum(data).encode()
    return data


def unpacked(data: bytes, charset: str) -> Message | None:
    """A message from its bytes; None when its checksum is wrong, or it is none."""
    sequence = ""
    if len(data) >= 9 and data[-6:-4] == b"AZ":
        if checksum(data[:-4]) != data[-4:].decode("latin-1").upper():
            return None
        data = data[:-6]
    # A sequence number may stand without a checksum.
    if len(data) >= 3 and data[-3:-1] == b"AY" and data[-1:].isdigit():
        sequence, data = data[-1:].decode(), data[:-3]
    text = _decoded(data, charset)
    code = text[:2]
    if not (len(code) == 2 and code.isascii() and code.isdecimal()):
        return None
    length = _FIXED.get(code, 0)
    fixed, rest = text[2 : 2 + length], text[2 + length :]
    fields: dict[str, list[str]] = {}
    for part in rest.split("|"):
        if len(part) >= 2:
            fields.setdefault(part[:2], []).append(part[2:].strip())
    return Message(code, fixed, fields, sequence)


def copy_of(answer: Message, barcode: str) -> Copy | None:
    """What message 18 says of a copy; None for one that the system does not know."""
    status, words = STATUSES.get(answer.fixed[:2], ("unknown", ""))
    said = answer.first("AF")
    if status == "unknown" and not answer.first("AJ") and not answer.first("AQ"):
        return None
    location = answer.first("AP") or answer.first("AQ")
    queue = answer.first("CF")
    return Copy(
        status=status,
        barcode=answer.first("AB") or barcode,
        call_number=answer.first("CS"),
        location=location,
        department=answer.first("BG"),
        due=day_of(answer.first("AH")) if status == "on-loan" else "",
        queue=natural(queue, 5),
        note="; ".join(part for part in (words, said) if part),
    )


def _plain(value: str) -> str:
    return "".join(" " if c in "|\r\n" else c for c in value)


def _decoded(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8", "gb18030"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _now() -> str:
    """Date and time of 18 characters, in local time as four blanks say."""
    return datetime.datetime.now().astimezone().strftime("%Y%m%d    %H%M%S")


LOOKUP = Sip2Lookup()
