"""Books as agencies of several countries describe them: real records put into the habits of each, with what a
library describes apart beside them. Made without looking at the rules, and at none of the sets they were made
with (``dirt.py``).
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

Raw = dict[str, Any]
_PAGES = re.compile(r"([0-9]{2,4})(?= p)")
_ORDINALS = ("", "1st", "2nd", "3rd", "4th", "5th", "6th")
_KEPT = (
    "type", "title", "title_remainder", "responsibility", "titles", "contributors", "publication", "year",
    "languages", "identifiers", "edition", "extent", "volume", "series",
)  # fmt: skip


def plain(text: str) -> str:
    """Without diacritics, as systems of the eighties kept it."""
    bare = unicodedata.normalize("NFD", text)
    return "".join(c for c in bare if not unicodedata.combining(c))


def _pages(record: Raw) -> int:
    found = _PAGES.search(record.get("extent", ""))
    return int(found[1]) if found else 0


def _romanised(record: Raw) -> Raw:
    """In Latin letters only, as a catalogue without other scripts has it; as it is where there is no such
    form.
    """
    main = next((t for t in record.get("titles", ()) if t["kind"] == "main" and t["romanised"]), None)
    if main is None:
        return record
    publication = record.get("publication", {})
    return {
        **record,
        "title": main["romanised"].split(" / ")[0],
        "title_remainder": "",
        "titles": [],
        "contributors": [
            {**c, "name": c["romanised"] or c["name"], "romanised": ""} for c in record["contributors"]
        ],
        "publication": {
            "place": publication.get("place_romanised", ""),
            "publisher": publication.get("publisher_romanised", publication.get("publisher", "")),
        },
    }


def _anglo(record: Raw, rng: random.Random) -> Raw:
    """Full descriptions: pages in words, name with dates, subtitle apart."""
    pages = _pages(record)
    if pages:
        record["extent"] = rng.choice((f"xii, {pages} pages ; 24 cm", f"{pages} pages : illustrations"))
    if record.get("edition", "")[:1].isdigit():
        record["edition"] = record["edition"].replace(" ed.", " edition.")
    return record


def _german(record: Raw, rng: random.Random) -> Raw:
    """German habit: Seiten, Auflage, the publisher in one word, editors among the authors."""
    pages = _pages(record)
    if pages:
        record["extent"] = f"{pages} S." if rng.random() < 0.6 else f"{pages} S. : Ill."
    number = re.match(r"([2-9])", record.get("edition", ""))
    if number:
        record["edition"] = f"{number[1]}. Aufl."
    publisher = record["publication"].get("publisher", "")
    if publisher:
        record["publication"]["publisher"] = re.split(r"[ ,&]", publisher.removeprefix("The "))[0]
    if rng.random() < 0.3 and record.get("title_remainder"):
        record["title"] = f"{record['title']} : {record.pop('title_remainder')}"
    return record


def _french(record: Raw, rng: random.Random) -> Raw:
    """French habit: 2e éd., 1 vol. (345 p.), family names in capitals."""
    pages = _pages(record)
    if pages:
        record["extent"] = f"1 vol. ({pages} p.) ; 24 cm"
    number = re.match(r"([2-9])", record.get("edition", ""))
    if number:
        record["edition"] = f"{number[1]}e éd."
    if rng.random() < 0.4:
        for who in record["contributors"]:
            family, comma, given = who["name"].partition(",")
            who["name"] = f"{family.upper()}{comma}{given}"
    return record


def _short(record: Raw, rng: random.Random) -> Raw:
    """What an order says: short title, first author with initials, publisher and year."""
    record.pop("title_remainder", None)
    record.pop("extent", None)
    for who in record["contributors"][:1]:
        family, comma, given = who["name"].partition(", ")
        if comma and given.isascii():
            who["name"] = f"{family}, {' '.join(w[0] + '.' for w in given.split() if w[0].isalpha())}"
    record["contributors"] = record["contributors"][:1]
    if rng.random() < 0.5:
        record["publication"].pop("place", None)
    return record


def _one_string(record: Raw, rng: random.Random) -> Raw:
    """The whole first area of ISBD in the title, and nobody named elsewhere."""
    remainder, said = record.pop("title_remainder", ""), record.pop("responsibility", "")
    if remainder:
        record["title"] += f" : {remainder}"
    if said:
        record["title"] += f" / {said}"
        record["contributors"] = []
    return record


def _capitals(record: Raw, rng: random.Random) -> Raw:
    """An old system: capitals without diacritics, at most so many letters of a field."""
    record["title"] = plain(record["title"]).upper()[:60].strip()
    if record.get("title_remainder"):
        record["title_remainder"] = plain(record["title_remainder"]).upper()[:60].strip()
    for who in record["contributors"]:
        who["name"] = plain(who["name"]).upper()
    if record["publication"].get("publisher"):
        record["publication"]["publisher"] = plain(record["publication"]["publisher"]).upper()[:20].strip()
    return record


_HABITS: tuple[Callable[[Raw, random.Random], Raw], ...] = (
    _anglo, _anglo, _german, _french, _short, _one_string, _capitals,
)  # fmt: skip


def described(book: Raw, rng: random.Random) -> Raw:
    """One library's record of a book."""
    record: Raw = {k: v for k, v in book.items() if k in _KEPT and v}
    record["contributors"] = [
        {k: c[k] for k in ("name", "role", "kind", "romanised") if c.get(k)} | {"romanised": c["romanised"]}
        for c in book.get("contributors", ())
    ]
    record["publication"] = dict(book.get("publication", {}))
    record["publication"].pop("date", None)
    if rng.random() < 0.25:
        record = _romanised(record)
        record["publication"] = dict(record["publication"])
    elif rng.random() < 0.5:
        record["titles"] = []
    record = rng.choice(_HABITS)(record, rng)
    identifiers = [i for i in record.get("identifiers", ()) if i["scheme"] == "isbn"]
    record["identifiers"] = [] if rng.random() < 0.4 else identifiers
    if rng.random() < 0.05:
        record.pop("year", None)
    if rng.random() < 0.03 and record.get("year"):
        record["year"] += 1
    if rng.random() < 0.05 and len(record["title"]) > 12:
        at = rng.randint(5, len(record["title"]) - 2)
        record["title"] = record["title"][:at] + record["title"][at + 1 :]
    return record


def other(book: Raw, rng: random.Random, title: str) -> Raw:
    """What resembles a book and is described apart; ``title`` is that of any other book."""
    made: Raw = {**book, "identifiers": [] if rng.random() < 0.7 else book.get("identifiers", [])}
    pages = _pages(book) or 200
    kind = rng.randrange(8)
    if kind == 0:
        made |= {"edition": f"{rng.choice(_ORDINALS[2:])} ed.", "year": book["year"] + rng.randint(2, 12),
                 "extent": f"{pages + rng.randint(12, 90)} p."}  # fmt: skip
    elif kind == 1:
        made |= {"year": book["year"] + rng.randint(3, 30), "publication": {"publisher": "Olms"}}
    elif kind == 2:
        number = rng.randint(2, 4)
        made |= {"volume": f"{rng.choice(('v.', 'Bd.', 't.'))} {number}", "extent": f"{pages + 13} p."}
    elif kind == 3:
        made |= {"type": "ebook", "extent": f"1 online resource ({pages} pages)"}
    elif kind == 4:
        made |= {"title": f"{book['title']}, {rng.randint(1970, 1999)}", "titles": [], "identifiers": []}
    elif kind == 5:
        made |= {"languages": ["ces"], "titles": [], "extent": f"{pages + 21} p.", "identifiers": [],
                 "publication": {"publisher": "Mladá fronta"}}  # fmt: skip
    elif kind == 6:
        made |= {"contributors": [{"name": "Novak, Petra", "role": "author", "kind": "person", "romanised": ""}],
                 "responsibility": "Petra Novak", "identifiers": [], "extent": f"{pages // 2 + 11} p.",
                 "year": book["year"] + 1, "publication": {"publisher": "Waxmann"}}  # fmt: skip
    else:
        made |= {"title": f"{title} and {book['title']}", "titles": [], "identifiers": []}
    return made


def library_set(seed: int, books: Sequence[Raw], most: int) -> tuple[dict[str, Raw], dict[str, str]]:
    """(records, id → label) of so many books, described by one to four libraries, with look-alikes."""
    rng = random.Random(seed)
    records: dict[str, Raw] = {}
    truth: dict[str, str] = {}
    label = 0
    for book in rng.sample(list(books), min(most, len(books))):
        beside = [other(book, rng, rng.choice(books)["title"]) for _ in range(rng.choice((0, 1, 1, 2)))]
        for one in (book, *beside):
            label += 1
            for _ in range(rng.choice((1, 2, 3, 4)) if one is book else 1):
                id = f"h{len(records)}"
                records[id], truth[id] = described(one, rng), str(label)
    return records, truth


# Papers as lists of references cite them, in one string


def _names(names: Sequence[str], form: Callable[[str, str], str]) -> list[str]:
    return [form(*name.split(", ", 1)) for name in names]


def _initials(given: str, between: str) -> str:
    return between.join(
        w[0] + ("." if between.startswith(" ") else "") for w in given.split() if w[0].isalpha()
    )


def _apa(p: Raw, who: Sequence[str]) -> str:
    names = _names(who, lambda f, g: f"{f}, {_initials(g, ' ')}")
    listed = ", ".join(names[:-1]) + (", & " if len(names) > 1 else "") + names[-1]
    return f"{listed} ({p['year']}). {p['title']}. {p['journal']}, {p['volume']}({p['issue']}), {p['begin']}–{p['end']}."


def _mla(p: Raw, who: Sequence[str]) -> str:
    first = who[0] + (
        ", et al" if len(who) > 2 else f", and {' '.join(who[1].split(', ')[::-1])}" if len(who) > 1 else ""
    )
    return f"{first}. “{p['title']}.” {p['journal']} {p['volume']}.{p['issue']} ({p['year']}): {p['begin']}-{p['end']}. Print."


def _vancouver(p: Raw, who: Sequence[str]) -> str:
    names = _names(who, lambda f, g: f"{f} {_initials(g, '')}")
    return f"{', '.join(names)}. {p['title']}. {p['journal']}. {p['year']};{p['volume']}({p['issue']}):{p['begin']}-{p['end']}."


def _ieee(p: Raw, who: Sequence[str]) -> str:
    names = _names(who, lambda f, g: f"{_initials(g, ' ')} {f}")
    listed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    return (
        f"[{p['begin'] % 90 + 1}] {listed}, “{p['title']},” {p['journal']}, vol. {p['volume']}, no. {p['issue']}, "
        f"pp. {p['begin']}–{p['end']}, {p['year']}."
    )


def _acm(p: Raw, who: Sequence[str]) -> str:
    names = _names(who, lambda f, g: f"{g} {f}")
    listed = ", ".join(names[:-1]) + (", and " if len(names) > 1 else "") + names[-1]
    return f"{listed}. {p['year']}. {p['title']}. {p['journal']} {p['volume']}, {p['issue']} ({p['year']}), {p['begin']}–{p['end']}."


def _gbt(p: Raw, who: Sequence[str]) -> str:
    names = _names(who[:3], lambda f, g: f"{f.upper()} {_initials(g, ' ').replace('.', '')}")
    listed = ", ".join(names) + (", et al" if len(who) > 3 else "")
    return f"{listed}. {p['title']}[J]. {p['journal']}, {p['year']}, {p['volume']}({p['issue']}): {p['begin']}-{p['end']}."


STYLES = (_apa, _mla, _vancouver, _ieee, _acm, _gbt)


def reference_set(
    seed: int, count: int, titles: Sequence[str], names: Sequence[str], journals: Sequence[tuple[str, str]]
) -> tuple[dict[str, Raw], dict[str, str]]:
    """Citations in six styles as bare strings, with other papers of the same people in the same journal."""
    rng = random.Random(seed)
    records: dict[str, Raw] = {}
    truth: dict[str, str] = {}
    known = [n for n in names if n.count(",") == 1 and n.partition(", ")[2]]
    some = rng.sample([t for t in titles if 20 < len(t) < 150], count * 2)
    label = 0
    for title in some[:count]:
        year = rng.randint(1975, 2020)
        p: Raw = {
            "title": title, "journal": rng.choice(journals)[0], "year": year, "volume": rng.randint(2, 90),
            "issue": rng.randint(1, 12), "begin": (begin := rng.randint(3, 900)), "end": begin + rng.randint(3, 25),
        }  # fmt: skip
        who = rng.sample(known, rng.randint(1, 4))
        papers = [p]
        if rng.random() < 0.3:
            papers.append(
                {**p, "title": some[count + label % count], "begin": p["end"] + 9, "end": p["end"] + 30}
            )
        if rng.random() < 0.1:
            papers.append({**p, "year": year + 2, "volume": p["volume"] + 2, "begin": 77, "end": 91})
        for paper in papers:
            label += 1
            for style in rng.sample(STYLES, rng.choice((1, 2, 3, 4)) if paper is p else 1):
                id = f"q{len(records)}"
                records[id], truth[id] = {"title": style(paper, who)}, str(label)
    return records, truth


# Papers in two bibliographies of computer science, and their preprints


VENUES = (
    ("SIGMOD Conference", "Proceedings of the ACM SIGMOD International Conference on Management of Data"),
    ("VLDB", "Proceedings of the 24th International Conference on Very Large Data Bases"),
    ("ICDE", "IEEE International Conference on Data Engineering (ICDE)"),
    ("PODS", "Symposium on Principles of Database Systems"),
    ("KDD", "Knowledge Discovery and Data Mining"),
    ("IEEE Trans. Knowl. Data Eng.", "IEEE Transactions on Knowledge and Data Engineering"),
    ("Inf. Syst.", "Information Systems"),
    ("Commun. ACM", "Communications of the ACM"),
    ("J. ACM", "Journal of the ACM (JACM)"),
    ("Data Knowl. Eng.", "Data & Knowledge Engineering"),
    ("ACM Comput. Surv.", "ACM Computing Surveys"),
    ("EDBT", "Advances in Database Technology - EDBT"),
)


def bibliographies(
    seed: int, count: int, titles: Sequence[str], names: Sequence[str]
) -> tuple[dict[str, Raw], dict[str, str]]:
    """Title, names, venue and year of papers by two hands, one without given names at times, with extended
    versions and preprints, which are other texts.
    """
    rng = random.Random(seed)
    records: dict[str, Raw] = {}
    truth: dict[str, str] = {}
    known = [n for n in names if n.count(",") == 1 and n.partition(", ")[2]]
    for number, title in enumerate(rng.sample(list(titles), count)):
        who = rng.sample(known, rng.choice((1, 2, 2, 3, 5)))
        at, year = rng.randrange(len(VENUES)), rng.randint(1990, 2008)
        versions = [(at, year)]
        if rng.random() < 0.1:
            versions.append(((at + 5) % len(VENUES), year + rng.choice((1, 2))))
        for version, (venue, when) in enumerate(versions):
            for side in (0, 1):
                if rng.random() < 0.2:
                    continue
                said = title.replace(" and ", " & ") if side and rng.random() < 0.05 else title
                people = _names(who, lambda f, g: f"{g} {f}")
                if side and rng.random() < 0.3:
                    people = _names(who, lambda f, g: f"{_initials(g, ' ')} {f}")
                if side and len(people) > 2 and rng.random() < 0.1:
                    people = people[:-1]
                id = f"d{len(records)}"
                truth[id] = f"{number}/{version}"
                records[id] = {
                    "title": said.lower() if rng.random() < 0.05 else said,
                    "contributors": [{"name": n} for n in people],
                    "year": when,
                    "relations": [{"kind": "in", "title": VENUES[venue][side]}],
                    "type": "article",
                }
        if rng.random() < 0.1:
            id = f"d{len(records)}"
            truth[id] = f"{number}/preprint"
            records[id] = {
                "title": title, "contributors": [{"name": n} for n in _names(who, lambda f, g: f"{g} {f}")],
                "year": year - 1, "type": "article", "relations": [{"kind": "in", "title": "CoRR"}],
                "identifiers": [{"scheme": "arxiv", "value": f"cs/{number:07d}"}],
            }  # fmt: skip
    return records, truth
