"""``ereader worker``: processes queued work (工作进程)."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ereader import exit_status


def add_parser(subparsers: Any) -> None:
    subparsers.add_parser("worker", help="process queued work")


def run(_: argparse.Namespace) -> int:
    """Says what there is to do here: in the embedded installation, nothing."""
    print(
        "There is no queue in this installation: ereader load starts its own worker processes and waits "
        "for them (setting load_workers). Nothing was done.",
        file=sys.stderr,
    )
    return exit_status.DONE
