"""Article records as data bases really hand them over: one paper described by several sources, each with its
own habits and slips. The values are real ones (titles and names of books, titles of journals), put together
by a seeded hand; each set also holds papers that look alike and are not the same.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

Raw = dict[str, Any]
_SMALL = {"of", "the", "and", "for", "in", "de", "der", "und", "des", "on", "la", "et"}
_SHORT = {"journal": "J", "american": "Am", "international": "Int", "medical": "Med", "medicine": "Med",
  "research": "Res", "science": "Sci", "sciences": "Sci", "national": "Natl", "european": "Eur", "review": "Rev",
  "zeitschrift": "Z", "annals": "Ann", "archives": "Arch", "quarterly": "Q", "society": "Soc", "university": "Univ"}  # fmt: skip


def paper(rng: random.Random, title: str, names: Sequence[str], journal: str, issn: str) -> Raw:
    """A paper with all its fields."""
    begin = rng.randint(4, 1900)
    year = rng.randint(1985, 2020)
    return {
        "title": title,
        "names": rng.sample(names, rng.choice([1, 2, 2, 3, 3, 4, 5, 7])),
        "year": year,
        "journal": journal,
        "issn": issn,
        "volume": str(year - rng.randint(1950, 1982)),
        "issue": str(rng.randint(1, 12)),
        "begin": begin,
        "end": begin + rng.randint(2, 24),
        "doi": f"10.{rng.randint(1000, 9999)}/j.{rng.randint(10**6, 10**8)}",
        "abstract": "",
    }


def abbreviated(journal: str, rng: random.Random) -> str:
    """The journal's title as a data base shortens it."""
    words = [w for w in re.split(r"[\s:]+", journal) if w and w.lower() not in _SMALL]
    if len(words) < 2:
        return journal
    stop = "." if rng.random() < 0.4 else ""
    return " ".join(
        _SHORT[w.lower()] + stop
        if w.lower() in _SHORT
        else w[: rng.randint(4, 6)] + stop
        if len(w) > 7
        else w
        for w in words
    )


def name(full: str, style: int) -> str:
    """``Smith, John Arthur`` in one of the orders that data bases use."""
    family, _, given = full.partition(", ")
    initials = [w[0] for w in given.split() if w[:1].isalpha()]
    if style == 0 or not initials:
        return full
    if style == 1:
        return f"{family} {''.join(initials)}"
    if style == 2:
        return f"{family}, {'. '.join(initials)}."
    if style == 3:
        return f"{given} {family}"
    return f"{'. '.join(initials)}. {family}"


def _typo(text: str, rng: random.Random) -> str:
    at = rng.randint(1, max(1, len(text) - 2))
    kind = rng.randint(0, 2)
    if not text[at : at + 1].isalpha():
        return text
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]


def described(p: Raw, rng: random.Random, dirt: float = 1.0) -> Raw:
    """One source's record of a paper; ``dirt`` scales how often something is wrong."""

    def sometimes(part: float) -> bool:
        return rng.random() < part * dirt

    title = p["title"]
    if sometimes(0.25):
        title += "."
    if sometimes(0.12):
        title = title.upper()
    elif sometimes(0.2):
        title = title.title()
    if sometimes(0.04):
        title = _typo(title, rng)
    if sometimes(0.04):
        title = title.replace("-", " ").replace(":", " -")
    if sometimes(0.03) and ": " in title:
        title = title.split(": ")[0]
    if sometimes(0.02):
        title = f"[{title.rstrip('.')}]."
    names = [name(n, style) for style in [rng.randint(0, 4)] for n in p["names"]]
    if sometimes(0.1) and len(names) > 3:
        names = [*names[:3], *(["et al."] if rng.random() < 0.5 else [])]
    if sometimes(0.03):
        names = []
    if sometimes(0.03) and names:
        names[0] = _typo(names[0], rng)
    journal = p["journal"]
    if sometimes(0.4):
        journal = abbreviated(journal, rng)
    if sometimes(0.1):
        journal = journal.upper()
    begin, end = str(p["begin"]), str(p["end"])
    if sometimes(0.35) and len(begin) == len(end) and len(begin) > 1:
        same = next((i for i, (a, b) in enumerate(zip(begin, end, strict=True)) if a != b), 0)
        end = end[same:]
    pages = f"{begin}{rng.choice(['-', '–', '--'])}{end}"
    if sometimes(0.06):
        pages = begin
    if sometimes(0.06):
        pages = ""
    volume = "" if sometimes(0.04) else p["volume"]
    issue = "" if sometimes(0.2) else p["issue"]
    if issue and sometimes(0.05):
        issue = f"Suppl {issue}"
    if volume and sometimes(0.04):
        volume = f"Vol. {volume}"
    year: int | None = p["year"]
    if sometimes(0.03):
        year = p["year"] + rng.choice((-1, 1))
    if sometimes(0.03):
        year = None
    record: Raw = {
        "type": "article",
        "title": title,
        "contributors": [{"name": n, "role": "author"} for n in names],
        "relations": [{"kind": "in", "title": journal, "volume": volume, "issue": issue, "pages": pages}],
    }
    if year is not None:
        record["year"] = year
    if sometimes(0.5):
        record["relations"][0]["identifiers"] = [{"scheme": "issn", "value": p["issn"]}] if p["issn"] else []
    if rng.random() < 0.5:
        record["identifiers"] = [
            {"scheme": "doi", "value": p["doi"] if rng.random() < 0.5 else p["doi"].upper()}
        ]
    return record


def lookalike(p: Raw, rng: random.Random, names: Sequence[str], other_journal: str) -> Raw:
    """Another paper that resembles this one."""
    q = {**p, "doi": f"10.{rng.randint(1000, 9999)}/j.{rng.randint(10**6, 10**8)}"}
    shift = rng.randint(15, 60)
    q["begin"], q["end"] = p["end"] + shift, p["end"] + shift + rng.randint(3, 12)
    kind = rng.randint(0, 6)
    if kind == 0:
        q["title"] = f"{p['title']}. Part II"
    elif kind == 1:
        q["title"] = rng.choice(("Erratum: ", "Reply to: ", "Comment on: ", "Correction to: ")) + p["title"]
    elif kind == 2:
        q |= {
            "journal": other_journal,
            "issn": "",
            "volume": str(int(p["volume"]) + 31),
            "year": p["year"] - rng.choice((0, 1, 2)),
        }
    elif kind == 3:
        words = p["title"].split()
        words[-1] = rng.choice(("children", "women", "theory", "Europe", "practice"))
        q["title"] = " ".join(words)
    elif kind == 4:
        q |= {"year": p["year"] + 3, "volume": str(int(p["volume"]) + 3)}
    elif kind == 5:
        q["title"] = rng.choice(("Editorial", "Introduction", "Book reviews"))
    else:
        q["names"] = rng.sample(names, 3)
        q |= {"year": p["year"] + 1, "volume": str(int(p["volume"]) + 1)}
    return q


def article_set(
    seed: int,
    count: int,
    titles: Sequence[str],
    names: Sequence[str],
    journals: Sequence[tuple[str, str]],
    dirt: float = 1.0,
) -> tuple[dict[str, Raw], dict[str, str]]:
    """(records, id → label): ``count`` papers, half of them described several times, a fifth with a
    look-alike.
    """
    rng = random.Random(seed)
    records: dict[str, Raw] = {}
    truth: dict[str, str] = {}
    papers: list[Raw] = []
    for title in rng.sample(titles, count):
        journal, issn = rng.choice(journals)
        papers.append(paper(rng, title, names, journal, issn))
        if rng.random() < 0.2:
            papers.append(lookalike(papers[-1], rng, names, rng.choice(journals)[0]))
    for label, p in enumerate(papers):
        for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
            id = f"r{len(records)}"
            records[id], truth[id] = described(p, rng, dirt), str(label)
    return records, truth


# Books as several libraries describe them


def book(record: Raw, rng: random.Random, dirt: float = 1.0) -> Raw:
    """The same book in another library's hand: ``record`` is the JSON form of one library's description."""

    def sometimes(part: float) -> bool:
        return rng.random() < part * dirt

    out: Raw = {k: v for k, v in record.items() if k in _KEPT and v}
    if sometimes(0.25):
        out.pop("title_remainder", None)
    elif out.get("title_remainder") and sometimes(0.5):
        out["title"] = f"{out['title']}{rng.choice((' : ', ': ', '. '))}{out.pop('title_remainder')}"
    if sometimes(0.05):
        out["title"] = _typo(out["title"], rng)
    out.pop("titles", None)
    people = list(out.get("contributors", []))
    if sometimes(0.2) and len(people) > 1:
        rng.shuffle(people)
        people = people[: rng.randint(1, len(people))]
    if sometimes(0.12):
        people = []
    out["contributors"] = [
        {**p, "name": name(p["name"], rng.choice((0, 0, 0, 2, 3)) if p.get("kind") == "person" else 0)}
        for p in people
    ]
    publication = dict(out.get("publication", {}))
    publisher = publication.get("publisher", "")
    if publisher and sometimes(0.3):
        publication["publisher"] = rng.choice(
            (f"{publisher}-Verlag", f"{publisher} Press", publisher.split()[0], f"{publisher}, Inc.")
        )
    if sometimes(0.1):
        publication.pop("publisher", None)
    publication.pop("date", None)
    out["publication"] = publication
    pages = re.search(r"[0-9]+(?= p)", out.get("extent", ""))
    if pages:
        n = int(pages[0]) + (rng.choice((-1, 1)) if sometimes(0.15) else 0)
        out["extent"] = rng.choice((f"{n} p.", f"{n} S.", f"{n} p. : ill. ; 24 cm", f"{n} pages", str(n)))
        if sometimes(0.08):
            out.pop("extent")
    if out.get("year") and sometimes(0.05):
        out["year"] += rng.choice((-1, 1))
    if sometimes(0.35):
        out["identifiers"] = []
    out["identifiers"] = [i for i in out.get("identifiers", []) if i["scheme"] == "isbn"]
    return out


_KEPT = frozenset(
    (
        "type",
        "title",
        "title_remainder",
        "contributors",
        "publication",
        "year",
        "languages",
        "identifiers",
        "edition",
        "extent",
        "volume",
    )
)


def other_edition(record: Raw, rng: random.Random) -> Raw:
    """Another book that resembles this one: what a library describes apart."""
    out: Raw = {k: v for k, v in record.items() if k in _KEPT and v}
    pages = re.search(r"[0-9]+(?= p)", out.get("extent", ""))
    n = int(pages[0]) if pages else 200
    kind = rng.randint(0, 7)
    keeps_isbn = rng.random() < 0.3
    if kind == 0:
        out |= {
            "edition": "2nd ed.",
            "year": out["year"] + rng.choice((1, 2, 3, 5)),
            "extent": f"{n + rng.choice((0, 8, 24, 40))} p.",
        }
    elif kind == 1:
        out |= {"year": out["year"] + rng.randint(2, 9)}
    elif kind == 2:
        out |= {"volume": "Vol. 2", "extent": f"{n + 31} p."}
    elif kind == 3:
        out |= {"type": "ebook", "extent": f"1 online resource ({n} p.)"}
    elif kind == 4:
        out |= {
            "publication": {"publisher": "Büchergilde Gutenberg", "place": "Zürich"},
            "year": out["year"] + rng.choice((1, 2)),
            "extent": f"{n + 40} p.",
        }
    elif kind == 5:
        out |= {"languages": ["ita"], "title": out["title"], "extent": f"{n + 17} p."}
    elif kind == 6:
        out |= {"extent": f"{n + rng.randint(16, 80)} p.", "year": out["year"] + 2}
    else:
        out |= {"type": "audio", "extent": "6 CDs"}
    if not keeps_isbn:
        out["identifiers"] = []
    return out


def library_set(seed: int, books: Sequence[Raw], dirt: float = 1.0) -> tuple[dict[str, Raw], dict[str, str]]:
    """(records, id → label): each book described by one to five libraries, most with look-alikes."""
    rng = random.Random(seed)
    records: dict[str, Raw] = {}
    truth: dict[str, str] = {}
    label = 0
    for one in books:
        for described_book in [one, *(other_edition(one, rng) for _ in range(rng.choice((0, 1, 1, 2))))]:
            label += 1
            for _ in range(rng.choice((1, 2, 2, 3, 5)) if described_book is one else rng.choice((1, 1, 2))):
                id = f"b{len(records)}"
                records[id], truth[id] = book(described_book, rng, dirt), str(label)
    return records, truth


def citation(p: Raw, rng: random.Random) -> str:
    """A paper as somebody cites it, all in one string."""
    style = rng.randint(0, 4)
    names = [name(n, rng.choice((2, 4)) if style else 4) for n in p["names"]][:4]
    who = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    venue = abbreviated(p["journal"], rng) if rng.random() < 0.4 else p["journal"]
    title = p["title"] if rng.random() < 0.8 else p["title"].lower().capitalize()
    pages = f"{p['begin']}-{p['end']}"
    if style == 0:
        return f'{who}, "{title}," {venue}, vol. {p["volume"]}, pp. {pages}, {p["year"]}.'
    if style == 1:
        return f"{who} ({p['year']}). {title}. {venue}, {p['volume']}, {pages}."
    if style == 2:
        return f"{who}. {title}. In {venue}, pages {pages}, {p['year']}."
    if style == 3:
        return f"[{names[0].split(',')[0][:6]}{p['year'] % 100}] {who}. {title}. {venue}, {p['volume']}:{pages}, {p['year']}."
    return f"{who}, {p['year']}. {title}. {venue} {p['volume']}({p['issue']})."


def citation_set(
    seed: int, count: int, titles: Sequence[str], names: Sequence[str], journals: Sequence[tuple[str, str]]
) -> tuple[dict[str, Raw], dict[str, str]]:
    """Citations as bare strings, each paper cited one to six times."""
    rng = random.Random(seed)
    records: dict[str, Raw] = {}
    truth: dict[str, str] = {}
    for label, title in enumerate(rng.sample([t for t in titles if len(t) < 120], count)):
        p = paper(rng, title, names, *rng.choice(journals))
        for _ in range(rng.randint(1, 6)):
            id = f"c{len(records)}"
            records[id], truth[id] = (
                {"title": citation(p, rng)}
                if rng.random() < 0.7
                else {"notes": [citation(p, rng)], "title": ""},
                str(label),
            )
    return records, truth


_VENUES = (
    ("SIGMOD Conference", "International Conference on Management of Data"),
    ("VLDB", "Very Large Data Bases"),
    ("SIGMOD Record", "ACM SIGMOD Record"),
    ("VLDB J.", "The VLDB Journal — The International Journal on Very Large Data Bases"),
    ("ACM Trans. Database Syst.", "ACM Transactions on Database Systems (TODS)"),
)


def venue_set(
    seed: int, count: int, titles: Sequence[str], names: Sequence[str]
) -> tuple[dict[str, Raw], dict[str, str]]:
    """Papers of conferences and journals in two bibliographies: title, names, year and venue are all they say.

    One in eight appears a second time a year or two later elsewhere, which is another paper.
    """
    rng = random.Random(seed)
    records: dict[str, Raw] = {}
    truth: dict[str, str] = {}
    for title in rng.sample(titles, count):
        who = rng.sample(names, rng.choice((1, 2, 3, 4)))
        venue, year = rng.randrange(5), rng.randint(1994, 2003)
        places = [(venue, year)]
        if rng.random() < 0.12:
            places.append(((venue + 1) % 5, year + rng.choice((1, 1, 2))))
        for version, (at, when) in enumerate(places):
            for side in (0, 1):
                if rng.random() < 0.15:
                    continue
                said = f"{title}." if side == 0 and rng.random() < 0.3 else title
                said = _typo(said, rng) if rng.random() < 0.05 else said
                people = [name(n, 4 if side and rng.random() < 0.2 else 3) for n in who]
                id = f"p{len(records)}"
                truth[id] = f"{title}/{version}"
                records[id] = {
                    "title": said,
                    "contributors": [", ".join(people)] if rng.random() < 0.5 else people,
                    "year": when,
                    "publication": {"publisher": _VENUES[at][side]},
                }
                if rng.random() < 0.5:
                    records[id]["type"] = "conference-paper" if at < 2 else "article"
    return records, truth
