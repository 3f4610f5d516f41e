"""A simulated self-service system that speaks SIP2 (模拟 SIP2 系统).

It answers login (93), status (99) and item information (17), and, where a message's checksum is wrong, asks
for it again (96).
"""

from __future__ import annotations

import datetime
import socketserver

from ereader.simulators.shelf import Shelf

CIRCULATION = {"available": "03", "reference": "03", "on-loan": "04", "unavailable": "13"}
CHARSET = "utf-8"


def server(shelf: Shelf, port: int = 0, charset: str = CHARSET) -> socketserver.ThreadingTCPServer:
    """A server on a port of this machine; the caller runs and closes it."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            held = b""
            while True:
                end = held.find(b"\r")
                if end < 0:
                    more = self.request.recv(4096)
                    if not more:
                        return
                    held += more
                    continue
                line, held = held[:end].strip(b"\n"), held[end + 1 :]
                if line:
                    shelf.note(line.decode(charset, "replace"))
                    self.wfile.write(_answer(shelf, line, charset) + b"\r")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    return Server(("127.0.0.1", port), Handler)


def _answer(shelf: Shelf, line: bytes, charset: str) -> bytes:
    sequence = b""
    if len(line) > 9 and line[-6:-4] == b"AZ":
        if (sum(line[:-4]) + int(line[-4:], 16)) & 0xFFFF:
            return b"96"
        sequence = line[-7:-6]
        line = line[:-9]
    text = line.decode(charset, "replace")
    fields = {part[:2]: part[2:] for part in text[2 + {"17": 18, "93": 2}.get(text[:2], 0) :].split("|")}
    now = datetime.datetime.now().astimezone().strftime("%Y%m%d    %H%M%S")
    if text[:2] == "93":
        body = "941" if fields.get("CO") == "panda" or not fields.get("CO") else "940"
    elif text[:2] == "99":
        body = f"98YYNNNN999003{now}2.00AOSIM|BXYYYYYYYYYYYYYYYY|"
    elif text[:2] == "17":
        body = _item(shelf, fields.get("AB", ""), now)
    else:
        body = "96"
    data = body.encode(charset)
    if sequence:
        data += b"AY" + sequence + b"AZ"
        data += f"{-sum(data) & 0xFFFF:04X}".encode()
    return data


def _item(shelf: Shelf, barcode: str, now: str) -> str:
    piece = shelf.by_barcode(barcode)
    if piece is None:
        return f"18010001{now}AB{barcode}|AJ|AFItem not found|"
    due = f"AH{piece.due.replace('-', '')}    235900|" if piece.due else ""
    queue = f"CF{piece.queue}|" if piece.queue else ""
    return (
        f"18{CIRCULATION[piece.state]}0001{now}{queue}{due}AB{barcode}|AJTitle|AQ{piece.location}|"
        f"AP{piece.location}|CS{piece.call_number}|"
    )
