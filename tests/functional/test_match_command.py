"""``ereader match`` as others script against it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ARTICLE = {
    "type": "article",
    "title": "Prophylactic treatment of migraine with propranolol.",
    "contributors": [{"name": "Smith, J. A.", "role": "author"}, {"name": "Jones, B.", "role": "author"}],
    "year": 1999,
    "relations": [{"kind": "in", "title": "J Clin Oncol", "volume": "12", "issue": "3", "pages": "123-7"}],
}
SAME = {
    "type": "article",
    "title": "Prophylactic Treatment of Migraine with Propranolol",
    "contributors": ["Smith JA", "Jones B"],
    "year": 1999,
    "relations": [
        {"kind": "in", "title": "Journal of Clinical Oncology", "volume": "12", "pages": "123-127"}
    ],
}
OTHER_PAGES = {**SAME, "relations": [{**SAME["relations"][0], "pages": "330-338"}]}  # type: ignore[dict-item]


def run(tmp_path: Path, text: str | bytes, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    path = tmp_path / "in.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(tmp_path / "home"), "match", str(path), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def lines(*records: tuple[str, object]) -> str:
    return "\n".join(json.dumps({"id": id, "record": record}) for id, record in records)


def test_every_id_has_a_cluster_and_doubtful_pairs_follow(tmp_path: Path) -> None:
    status, out, err = run(tmp_path, lines(("b", ARTICLE), ("a", SAME), ("c", OTHER_PAGES)))
    assert (status, err) == (0, "")
    assert out[:3] == [{"id": "b", "cluster": "a"}, {"id": "a", "cluster": "a"}, {"id": "c", "cluster": "c"}]
    assert out[3:]
    for question in out[3:]:
        assert question["outcome"] == "review"
        assert "c" in question["pair"]
        assert 0 < question["score"] < 1
        assert question["why"][0].startswith("rule article-other-pages")
        assert any("123" in line and "330-338" in line for line in question["why"])


def test_nothing_is_stored(tmp_path: Path) -> None:
    run(tmp_path, lines(("a", ARTICLE)))
    assert not (tmp_path / "home").exists()


def test_bad_lines_are_told_with_their_number_and_the_rest_is_done(tmp_path: Path) -> None:
    text = "\n".join(
        [
            lines(("a", ARTICLE)),
            "nonsense",
            '{"id":"x"}',
            "",
            lines(("a", SAME)),
            lines(("b", SAME)),
            '{"id":"y","record":[]}',
        ]
    )
    status, out, err = run(tmp_path, text)
    assert status == 1
    assert [line["id"] for line in out] == ["a", "x", "b", "y"]
    assert [n for n in range(1, 8) if f"line {n}:" in err] == [2, 3, 5, 7]


def test_every_id_has_a_cluster_though_its_record_is_none(tmp_path: Path) -> None:
    text = lines(("a", ARTICLE), ("b", None), ("d", {**ARTICLE, "deleted": True})) + '\n{"id": "c"}\n'
    status, out, err = run(tmp_path, text)
    assert status == 1
    assert [line["id"] for line in out] == ["a", "b", "d", "c"]
    assert [line["cluster"] for line in out] == ["a", "b", "d", "c"]
    assert err.count("refused") == 3


def test_a_record_without_a_title_stands_alone(tmp_path: Path) -> None:
    status, out, _ = run(
        tmp_path, lines(("a", {"year": 1999}), ("b", {"year": 1999, "title": ""}), ("c", ARTICLE))
    )
    assert status == 0
    assert [line["cluster"] for line in out] == ["a", "b", "c"]


def test_a_file_that_is_not_there_or_holds_nothing_is_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path, "nonsense\n")[0] == 2
    missing = subprocess.run(
        [sys.executable, "-m", "ereader", "match", str(tmp_path / "none")], capture_output=True, check=False
    )
    assert missing.returncode == 2


def test_hostile_lines_do_no_harm(tmp_path: Path) -> None:
    deep = b'{"id":"d","record":' + b"[" * 5000 + b"]" * 5000 + b"}"
    odd = b'{"id":"e","record":{"title":"x\\u0000\\ud800y","year":1e400,"contributors":[null,5,{"name":7}]}}'
    status, out, _ = run(tmp_path, b"\n".join([deep, odd, b"\xff\xfe", lines(("a", ARTICLE)).encode()]))
    assert status == 1
    assert "a" in [line["id"] for line in out]
