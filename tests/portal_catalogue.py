"""A small union catalogue for tests of the portal: all 21 types, four libraries, awkward records, made by the command line."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kept_homes

LIBRARIES = {
    "pku": ("北京大学图书馆", "Peking University Library"),
    "fudan": ("复旦大学图书馆", "Fudan University Library"),
    "sysu": ("中山大学图书馆", "Sun Yat-sen University Library"),
    "swust": ("西南科技大学图书馆", ""),
}
APPLY = (
    "".join(
        f'[[library]]\nid = "{id}"\nname = {{ zh = "{zh}", en = "{en}" }}\nportal = {{ includes = ["jalis", "centre"], hosts = ["{id}.test"], contact = "mailto:ask@{id}.test" }}\n'
        f'[[membership]]\nlibrary = "{id}"\nconsortium = "centre"\nstatus = "active"\n'
        f'[[membership]]\nlibrary = "{id}"\nconsortium = "jalis"\nstatus = "active"\n'
        f'[[repository]]\nid = "{id}-all"\nlibrary = "{id}"\nname = {{ zh = "{zh}馆藏", en = "Holdings of {id}" }}\naudience = "everyone"\n'
        'offered_to = ["jalis", "centre"]\npublished_by = ["jalis", "centre"]\n'
        for id, (zh, en) in LIBRARIES.items()
    )
    + '[[consortium]]\nid = "jalis"\nname = { zh = "江苏高校图书馆联盟", en = "Jiangsu Academic Libraries" }\n'
)
READER = ("reader of pku", "a password for tests")

MALICIOUS = 'Is 5 < 6 & 7 > 6? " onmouseover="alert(1)" \'single\''
FORTY = [f"Author{n:02d}, Given" for n in range(1, 41)]
RUBBING = "大唐故特进尚书右仆射上柱国虞恭公温公墓志铭并序" * 9


def person(name: str, role: str = "author", **more: str) -> dict[str, str]:
    return {"name": name, "role": role, "kind": "person", **more}


def held(call_number: str, location: str = "中文图书借阅区", status: str = "在架") -> list[dict[str, Any]]:
    return [
        {
            "location": location,
            "call_number": call_number,
            "items": [{"barcode": "B" + call_number[-3:], "status": status}],
        }
    ]


def notable() -> list[tuple[str, dict[str, Any]]]:
    """(library, record) of the records that tests name."""
    dream = {
        "type": "book", "title": "红楼梦", "titles": [{"value": "红楼梦", "kind": "main", "script": "Hans", "romanised": "Hong lou meng"}],
        "responsibility": "(清) 曹雪芹著 ; 高鹗续", "contributors": [person("曹雪芹", note="清", romanised="Cao Xueqin"), person("高鹗")],
        "publication": {"place": "北京", "publisher": "人民文学出版社", "date": "1982"}, "year": 1982, "languages": ["chi"],
        "identifiers": [{"scheme": "isbn", "value": "9787020002207", "valid": True}], "subjects": [{"value": "章回小说--中国--清代", "scheme": "cct"}],
        "classes": [{"value": "I242.4", "scheme": "clc"}], "extent": "3册 ; 21cm",
        "abstract": "以贾、史、王、薛四大家族的兴衰为背景，写贾宝玉与林黛玉的爱情悲剧，是中国古典小说的高峰。",
    }  # fmt: skip
    return [
        ("pku", {**dream, "id": "r1", "holdings": held("I242.4/1")}),
        ("fudan", {**dream, "id": "r1", "holdings": held("I242.4/2 (2)", "文科馆", "借出")}),
        ("sysu", {
            "id": "r2", "type": "book", "title": "紅樓夢", "titles": [{"value": "紅樓夢", "kind": "main", "script": "Hant"}],
            "contributors": [person("曹雪芹")], "publication": {"place": "台北", "publisher": "三民書局", "date": "民國61 [1972]"},
            "year": 1972, "languages": ["chi"], "holdings": held("857.49/8"),
        }),
        ("pku", {
            "id": "r3", "type": "ancient-book", "title": "脂砚斋重评石头记", "title_remainder": "八十回", "contributors": [person("曹雪芹", note="清")],
            "publication": {"date": "清乾隆十九年 [1754]"}, "year": 1754, "languages": ["chi"], "notes": ["存十六回，抄本"],
            "extent": "4册 (1函)", "holdings": held("SB/813.21", "古籍特藏阅览室"),
        }),
        ("fudan", {
            "id": "r4", "type": "rubbing", "title": RUBBING, "year": 637, "publication": {"date": "唐贞观十一年 [637]"}, "languages": ["chi"],
            "extent": "1张 ; 148×122cm", "subjects": [{"value": "墓志--中国--唐代"}],
        }),
        ("pku", {
            "id": "r5", "type": "article", "title": "Measurement of the inelastic cross section at high energy", "contributors": [person(a) for a in FORTY],
            "year": 2015, "languages": ["eng"], "identifiers": [{"scheme": "doi", "value": "10.1000/xyz.123", "valid": True}],
            "relations": [{"kind": "in", "title": "Journal of Examples in Physics", "volume": "12", "issue": "3", "pages": "45-50",
                           "identifiers": [{"scheme": "issn", "value": "1234-5679", "valid": True}]}],
            "links": [{"url": "https://example.org/article.pdf", "kind": "fulltext"}],
            "abstract": "We report a measurement with a new detector.", "subjects": [{"value": "Physics"}],
        }),
        ("swust", {
            "id": "r6", "type": "manuscript", "title": "مجموعة رسائل في علم الفلك", "titles": [{"value": "مجموعة رسائل في علم الفلك", "kind": "main", "script": "Arab", "romanised": "Majmuʻat rasaʼil fi ʻilm al-falak"}],
            "contributors": [person("البيروني، أبو الريحان", romanised="al-Biruni")], "year": 1030, "languages": ["ara"],
        }),
        ("swust", {"id": "r7", "type": "web-resource", "title": MALICIOUS, "contributors": [person("<img src=x onerror=alert(2)>")],
                   "notes": ["</title><script>alert(3)</script>"], "year": 2020, "languages": ["eng"],
                   "links": [{"url": "https://example.org/?a=1&b=\"2\"", "kind": "fulltext", "label": "<i>read</i>"}]}),
        ("swust", {"id": "r8", "type": "book", "title": "史记", "contributors": [person("司马迁", note="汉")], "year": -91, "languages": ["chi"],
                   "identifiers": [{"scheme": "isbn", "value": "9787101003048", "valid": False, "note": "平装"}]}),
        ("fudan", {"id": "r9", "type": "book", "title": "源氏物語", "contributors": [person("紫式部")], "year": 2008, "languages": ["jpn"],
                   "publication": {"place": "東京", "publisher": "岩波書店", "date": "2008"}}),
    ]  # fmt: skip


KINDS = (
    "journal", "article", "thesis", "conference-paper", "ebook", "web-resource", "map", "audio", "video", "image", "gazetteer",
    "genealogy", "ancient-book", "rubbing", "manuscript", "teacher", "courseware", "domestic-course", "foreign-course",
    "course-reserve", "book",
)  # fmt: skip
PLACES = ("苏州", "杭州", "南京", "扬州", "徽州", "成都", "泉州", "太原", "洛阳", "开封", "济南", "福州")
MATTERS = ("园林", "运河", "方言", "民居", "丝绸", "书院", "水利", "戏曲", "瓷器", "盐业", "桥梁", "医药")
NAMES = (
    "陈从周",
    "刘敦桢",
    "梁思成",
    "林徽因",
    "童寯",
    "朱启钤",
    "单士元",
    "傅熹年",
    "罗哲文",
    "Needham, Joseph",
    "Sirén, Osvald",
    "Keswick, Maggie",
)


def many(count: int = 240) -> list[tuple[str, dict[str, Any]]]:
    """Records that fill pages, facets and the histogram."""
    found = []
    for n in range(count):
        place, matter, name = PLACES[n % 12], MATTERS[(n // 12 + n) % 12], NAMES[(n * 5) % 12]
        year = 1860 + (n * 37) % 160
        record: dict[str, Any] = {
            "id": f"m{n}", "type": KINDS[n % 21], "title": f"{place}{matter}研究" if n % 3 else f"Studies on the {matter} of {place}, volume {n}",
            "contributors": [person(name, "author" if n % 4 else "editor")], "year": year,
            "publication": {"place": place, "publisher": f"{PLACES[(n * 7) % 12]}大学出版社", "date": str(year)},
            "languages": ["chi" if n % 3 else "eng"], "subjects": [{"value": f"{matter}--{place}"}, {"value": "地方史"}],
            "classes": [{"value": f"K29{n % 10}", "scheme": "clc"}], "volume": f"第{n}卷",
            "abstract": f"本书考察{place}{matter}的历史与现状，附图表与索引。",
        }  # fmt: skip
        if n % 5 == 0:
            record["links"] = [{"url": f"https://example.org/{n}", "kind": "fulltext"}]
        else:
            record["holdings"] = held(f"K29{n % 10}/{n}")
        found.append((tuple(LIBRARIES)[n % 4], record))
    return found


def run(home: Path, *words: str) -> str:
    """Runs the command line and gives its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def build(home: Path) -> Path:
    """A home with the catalogue in it."""
    return kept_homes.copied(home, "portal", _build)


def demo(home: Path) -> Path:
    """A home with the catalogue of the demonstration."""
    return kept_homes.copied(home, "demo", lambda made: run(made, "demo", "--no-serve"))


def _build(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "members.toml"
    secret = home / "reader.password"
    secret.write_text(READER[1] + "\n", "utf-8")
    settings.write_text(
        f'{APPLY}[[user]]\nname = "{READER[0]}"\nlibrary = "pku"\npassword_file = "{secret}"\n', "utf-8"
    )
    run(home, "apply", str(settings))
    for library in LIBRARIES:
        file = home / f"{library}.jsonl"
        lines = [
            json.dumps({"record": r}, ensure_ascii=False)
            for owner, r in [*notable(), *many()]
            if owner == library
        ]
        file.write_text("\n".join(lines) + "\n", "utf-8")
        run(
            home,
            "load",
            str(file),
            "--library",
            library,
            "--repository",
            f"{library}-all",
            "--format",
            "record",
        )


@contextlib.contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serves a home with the command line; gives the address."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:  # a pipe that nobody reads would fill up
        process = subprocess.Popen(
            [sys.executable, "-m", "ereader", "--home", str(home), "serve", "--port", "0"],
            stdout=subprocess.PIPE, stderr=told, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("listening on "):
                told.seek(0)
                raise AssertionError(told.read() or line)
            yield line.split()[-1]
        finally:
            process.terminate()
            process.communicate(timeout=120)
