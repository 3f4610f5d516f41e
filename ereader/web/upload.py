"""Forms with files (文件上传): streamed to the disk piece by piece, within limits.

Who may send is asked before the body is taken, and the form's key before the first byte of a file is kept:
the key is the first field of the form. So whoever may not change anything cannot fill the disk either.
"""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from anyio.to_thread import run_sync
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ereader import uploads
from ereader.web import answer, errors, lapsed
from ereader.web.handler import Endpoint, handler
from ereader.web.middleware.portal import ASKED
from ereader.web.posted import FIELD, Change, Fields, from_here, key_of
from ereader.web.service import Service
from ereader.web.visit import Visit, visit_of
from holdings.natural import natural

PIECE = 1 << 20  # bytes that are gathered before a thread writes them
MOST_FIELDS = 100
MOST_VALUE = 200_000  # bytes of a field that is no file
MOST_HEADER = 8_000  # bytes of the headers of a part
SPARE = 200_000_000  # bytes that stay free on the disk
Before = Callable[..., Response | None]


class Received(Fields):
    """A form with its files (带文件的表单): fields as in any form, files by safe names in ``folder``.

    ``fault`` says why it is not whole: too-large, broken, too-many, full; what came is removed then.
    """

    def __init__(
        self, id: str, folder: Path, pairs: list[tuple[str, str]], files: list[str], fault: str
    ) -> None:
        super().__init__(pairs)
        self.id, self.folder, self.files, self.fault = id, folder, tuple(files), fault


def uploading(before: Before, work: Change, most: int = 0) -> Endpoint:
    """The endpoint of a form with files: ``before(visit, **parts)`` answers whoever may not send, None lets
    him; then ``work(visit, received, **parts)``. A folder that ``work`` does not note in `uploads` is
    removed. ``most`` bytes may come, where fewer are meant than the settings allow.
    """

    async def endpoint(request: Request) -> Response:
        service: Service = request.app.state.service
        key, refused = await run_sync(partial(_first, before, request), limiter=service.limiter)
        if refused is not None:
            return refused
        limit = service.installation.settings.upload_megabytes * 1_000_000
        taker = Taker(service.installation.home, key, min(most or limit, limit))
        try:
            await _take(request, taker)
            if taker.fault == "key":
                return await run_sync(partial(_refused, request), limiter=service.limiter)
            received = Received(taker.id, taker.folder, taker.pairs, taker.files, taker.fault)
            return await handler(partial(_work, work, received))(request)
        finally:
            await run_sync(taker.close)

    endpoint.__doc__ = work.__doc__
    endpoint.__dict__["changing"] = True
    return endpoint


def _first(before: Before, request: Request) -> tuple[str, Response | None]:
    """What can be asked before anything is taken."""
    visit = visit_of(request)
    if visit.portal.id != request.scope.get(ASKED, visit.portal.id):
        return "", answer.packed(visit, errors.page(visit, 404))
    key = key_of(visit)
    if not key or visit.signed_in is None or from_here(request) is False:
        return "", answer.packed(visit, _no_key(visit))
    refused = before(visit, **request.path_params)
    return key, answer.packed(visit, refused) if refused is not None else None


def _refused(request: Request) -> Response:
    visit = visit_of(request)
    return answer.packed(visit, _no_key(visit))


def _no_key(visit: Visit) -> Response:
    return lapsed.refused_files(visit, from_here(visit.request))


def _work(work: Change, received: Received, visit: Visit, **parts: str) -> Response:
    return work(visit, received, **parts)


async def _take(request: Request, taker: Taker) -> None:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    length = natural(request.headers.get("content-length", ""), 18)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        taker.fault = "key"
        return
    if not taker.fits(length or 0):
        return
    taker.begin(options[b"boundary"])
    held = bytearray()
    try:
        async for piece in request.stream():
            held += piece
            if len(held) >= PIECE:
                await run_sync(taker.take, bytes(held))
                held.clear()
            if taker.fault:
                return
        await run_sync(taker.take, bytes(held))
    except ClientDisconnect:
        taker.fault = taker.fault or "broken"
    if not taker.fault and not taker.whole:
        taker.fault = "broken"


class Taker:
    """Takes a form apart as it comes (表单接收器)."""

    def __init__(self, home: Path, key: str, most: int) -> None:
        self._home, self._key, self._most = home, key, most
        self.id, self.folder = "", home
        self.pairs: list[tuple[str, str]] = []
        self.files: list[str] = []
        self.fault = ""
        self.whole = False
        self._size = 0
        self._parser: MultipartParser | None = None
        self._headers: dict[str, str] = {}
        self._header = [b"", b""]
        self._name = ""
        self._value = bytearray()
        self._file: BinaryIO | None = None
        self._skipped = False

    def fits(self, length: int) -> bool:
        """Whether so many bytes may come; 0 when nobody has said how many."""
        if length > self._most:
            self.fault = "too-large"
        elif shutil.disk_usage(self._home).free - length < SPARE:
            self.fault = "full"
        return not self.fault

    def begin(self, boundary: bytes) -> None:
        """Ready for the first byte."""
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part,
                    "on_header_field": lambda data, start, end: self._heads(0, data[start:end]),
                    "on_header_value": lambda data, start, end: self._heads(1, data[start:end]),
                    "on_header_end": self._head,
                    "on_headers_finished": self._opened,
                    "on_part_data": lambda data, start, end: self._data(data[start:end]),
                    "on_part_end": self._closed,
                    "on_end": self._end,
                },
            )
        except FormParserError:
            self.fault = "broken"

    def take(self, piece: bytes) -> None:
        """The next bytes of the form."""
        self._size += len(piece)
        if self._size > self._most:
            self.fault = self.fault or "too-large"
        if self.fault or self._parser is None:
            return
        try:
            self._parser.write(piece)
        except _Fault as fault:
            self.fault = str(fault)
        except (FormParserError, OSError, ValueError):
            self.fault = "broken"

    def close(self) -> None:
        """Whatever happened, no file stays open, and of a form that is not whole nothing stays."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self.id and (self.fault or not (self.folder / uploads.NOTE).exists()):
            uploads.discard(self._home, self.id)

    def _part(self) -> None:
        self._headers, self._header = {}, [b"", b""]
        self._value.clear()
        self._skipped = False

    def _heads(self, which: int, data: bytes) -> None:
        self._header[which] += data
        if len(self._header[which]) > MOST_HEADER or len(self._headers) > 10:
            raise _Fault("broken")

    def _head(self) -> None:
        name, value = self._header
        self._headers[name.decode("latin-1").lower()] = value.decode("utf-8", "replace")
        self._header = [b"", b""]

    def _opened(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", "").encode())
        self._name = options.get(b"name", b"").decode("utf-8", "replace")[:100]
        if b"filename" not in options:
            if len(self.pairs) >= MOST_FIELDS:
                raise _Fault("too-many")
            return
        self._check_key()
        name = options[b"filename"].decode("utf-8", "replace")
        if not name:
            self._skipped = True  # a field for files in which none was chosen
            return
        if len(self.files) >= uploads.MOST_FILES:
            raise _Fault("too-many")
        if not self.id:
            self.id, self.folder = uploads.begin(self._home)
        kept = uploads.safe_name(name, set(self.files))
        self.pairs.append((self._name, kept))
        self.files.append(kept)
        self._file = (self.folder / kept).open("xb")

    def _data(self, data: bytes) -> None:
        if self._file is not None:
            self._file.write(data)
        elif not self._skipped:
            self._value += data
            if len(self._value) > MOST_VALUE:
                raise _Fault("too-large")

    def _closed(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        elif not self._skipped:
            self.pairs.append((self._name, self._value.decode("utf-8", "replace")))

    def _end(self) -> None:
        self._check_key()
        self.whole = True

    def _check_key(self) -> None:
        given = dict(self.pairs).get(FIELD, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._key.encode()):
            raise _Fault("key")


class _Fault(Exception):
    """Nothing more is taken (接收中止); its text is the fault."""
