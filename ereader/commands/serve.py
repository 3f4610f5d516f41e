"""``ereader serve``: the portal and the API over HTTP (服务)."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn

from ereader import exit_status
from ereader.auth import setup
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.settings import read_settings
from indexer import follow
from indexer.index.engine import SearchUnavailable

APPLICATION = "ereader.commands.serve:application"
GRACE = 10  # seconds that requests may take to end after SIGTERM


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("serve", help="serve what the home holds")
    add_arguments(parser)
    parser.add_argument("--workers", type=int, default=None, metavar="N", help="processes that answer")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="", metavar="H", help="address to listen on")
    parser.add_argument(
        "--port", type=int, default=None, metavar="N", help="port to listen on; 0 takes a free one"
    )


def run(args: argparse.Namespace) -> int:
    settings = read_settings(args.home)
    workers = settings.serve_workers if args.workers is None else args.workers
    with open_home(args.home) as installation:
        prepare(installation)
        accounts = installation.accounts
        key = setup.make(accounts.engine, installation.members, accounts.now())
    return serve(
        args.home, args.host or settings.host, settings.port if args.port is None else args.port, workers, key
    )


def prepare(installation: Installation) -> None:
    """Brings the index in step with the store before serving, unless another process is writing just now."""
    try:
        with (
            installation.writing(),
            follow.writing(installation.engine, installation.store, installation.members),
        ):
            pass
    except UsageError as error:
        print(f"serving what is there: {error}", file=sys.stderr)
    except SearchUnavailable as error:
        print(f"serving without searches until the search engine answers: {error}", file=sys.stderr)


def serve(home: Path, host: str, port: int, workers: int, key: str = "") -> int:
    """Serves until SIGTERM or Ctrl-C; prints one line ``listening on http://…`` when it answers, and before
    it, on standard error, the address of the first set-up where there is a ``key`` for it.
    """
    os.environ["EREADER_HOME"] = str(home.resolve())
    settings: dict[str, Any] = {
        "factory": True,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": GRACE,
    }
    listening = _bind(host, port)
    threading.Thread(target=_announce, args=(listening.getsockname(), host, key), daemon=True).start()
    # The server hands the signal on after it has ended in order; ending in order is success here.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with contextlib.suppress(KeyboardInterrupt):
        if workers > 1:
            uvicorn.run(APPLICATION, fd=listening.fileno(), workers=workers, **settings)
        else:
            uvicorn.Server(uvicorn.Config(APPLICATION, **settings)).run(sockets=[listening])
    return exit_status.DONE


def application() -> Any:
    """The application of one serving process; its home comes through the environment."""
    from ereader.app import create_app

    return create_app(open_home(Path(os.environ["EREADER_HOME"]), read_only=True))


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, else asyncio leaves Nagle's algorithm on, and the body of each answer waits some 40 ms for
    # the acknowledgement of its headers. Connections in worker processes inherit the option from here.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise UsageError(f"cannot listen on {host} port {port}: {error}; take another with --port") from error
    listening.listen(2048)
    listening.set_inheritable(True)
    return listening


def _announce(address: tuple[Any, ...], host: str, key: str = "") -> None:
    """Prints the address once the portal answers."""
    import http.client

    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked, not bound, here
    shown = f"[{name}]" if ":" in name else name
    for _ in range(1200):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(name, address[1], timeout=30)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            if key:
                where = f"http://{shown}:{address[1]}/setup?key={key}"
                print(
                    f"nobody manages this installation yet: make the first account at {where}",
                    file=sys.stderr,
                    flush=True,
                )
            print(f"listening on http://{shown}:{address[1]}", flush=True)
            return
        time.sleep(0.05)
