"""Full text linked from records that the reader may see (记录中的全文链接), open access among them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from resolver.proxy import unwrapped
from resolver.service import Answer, AnswerType, Found, HeldBy, Said, Wanted, as_address

MOST = 20


class RecordLinks:
    """Links of the records of the very thing; those of the journal or book around it lead elsewhere."""

    name = "records"
    types: tuple[AnswerType, ...] = ("fulltext", "landing")
    wave = 0
    remote = False
    seconds = 0.0
    preempted_by: frozenset[str] = frozenset()

    def ask(self, wanted: Wanted) -> Said:
        answers: dict[str, Answer] = {}
        for found in wanted.records:
            if not found.whole:
                continue
            for held in found.held:
                for link in held.links:
                    url = as_address(unwrapped(link, wanted.place.proxy))
                    if url and url not in answers and len(answers) < MOST:
                        answers[url] = _answer(wanted, found, held, url, behind=url != as_address(link))
        return Said(tuple(answers.values()))


def _answer(wanted: Wanted, found: Found, held: HeldBy, url: str, *, behind: bool) -> Answer:
    """One link; ``behind`` says that its library had put a proxy in front of it, so it is licensed."""
    free, own = is_open(url), bool(held.library) and held.library == wanted.asker.library
    sure = free or own
    return Answer(
        service="records",
        type="fulltext" if sure else "landing",
        label=urlsplit(url).hostname or url[:80],
        url=url,
        reason="open-host" if free else ("own-record-link" if own else "record-link"),
        values=(("library", held.name),),
        platform=urlsplit(url).netloc.lower(),
        free=free,
        licensed=behind and own and not free,
        direct=sure,
        own=own,
        match=found.match,
        as_of=held.as_of,
    )


@cache
def _hosts() -> frozenset[str]:
    text = files(__package__).joinpath("open_hosts.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line and not line.startswith("#"))


def is_open(url: str) -> bool:
    """Whether everything at this host, or in this part of it, may be read by anyone."""
    try:
        parts = urlsplit(url.lower())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    labels = host.split(".")
    names = {".".join(labels[n:]) for n in range(len(labels))}
    first = parts.path.strip("/").partition("/")[0]
    return not _hosts().isdisjoint(names | {f"{name}/{first}" for name in names})


SERVICE = RecordLinks()
