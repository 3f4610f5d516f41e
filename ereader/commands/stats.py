"""``ereader stats``: what the home holds, in numbers, and what became of a load (统计)."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from ereader import exit_status
from ereader.installation import open_home


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("stats", help="what the home holds, in numbers")
    parser.add_argument("--run", type=int, default=0, metavar="N", help="the problems of one load")


def run(args: argparse.Namespace) -> int:
    with open_home(args.home, read_only=True) as installation:
        store, members = installation.store, installation.members
        if args.run:
            for problem in store.run_problems(args.run, limit=1_000_000):
                if args.json:
                    print(msgspec.json.encode(problem).decode())
                else:
                    where = f"{problem.file}:{problem.position}"
                    print(f"{problem.severity}\t{where}\t{problem.field}\t{problem.code}\t{problem.message}")
            return exit_status.DONE
        found = {
            **store.statistics(),
            "authorities": store.authorities.statistics(),
            "headings": store.headings.statistics(),
            "libraries": len(members.libraries()),
            "consortia": len(members.consortia()),
            "latest": store.runs(5),
        }
    if args.json:
        print(msgspec.json.encode(found).decode())
        return exit_status.DONE
    print(f"libraries        {found['libraries']:>12,}")
    print(f"consortia        {found['consortia']:>12,}")
    print(f"source records   {found['sources']:>12,}")
    print(f"union records    {found['unions']:>12,}")
    print(f"tombstones       {found['deleted']:>12,}")
    for name, counts in found["repositories"].items():
        print(
            f"  {name:<24} {counts['live']:>10,} live, {counts['suppressed']:,} suppressed, "
            f"{counts['deleted']:,} deleted"
        )
    authorities = found["authorities"]
    if authorities["records"] or authorities["deleted"]:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in authorities["kinds"].items())
        print(f"authorities      {authorities['records']:>12,} ({kinds}), {authorities['deleted']:,} deleted")
        for name, count in authorities["repositories"].items():
            print(f"  {name:<24} {count:>10,}")
    print("headings         " + ", ".join(f"{kind} {count:,}" for kind, count in found["headings"].items()))
    for run in found["latest"]:
        state = f"finished {run['finished']}" if run["finished"] else "not finished"
        print(
            f"load {run['number']}: {run['repository']}, started {run['started']}, {state}, "
            f"{run['counts'] or ''}"
        )
    return exit_status.DONE
