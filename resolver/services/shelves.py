"""Who has it on the shelf (馆藏): the reader's own library, then others."""

from __future__ import annotations

from resolver.service import Answer, AnswerType, Said, Wanted

MOST = 30


class Shelves:
    """One answer for each library that holds it, or holds what it is in."""

    name = "holdings"
    types: tuple[AnswerType, ...] = ("holding",)
    wave = 0
    remote = False
    seconds = 0.0
    preempted_by: frozenset[str] = frozenset()

    def ask(self, wanted: Wanted) -> Said:
        answers: dict[str, Answer] = {}
        for found in wanted.records:
            for held in found.held:
                if not held.shelved or held.library in answers or len(answers) >= MOST:
                    continue
                own = bool(held.library) and held.library == wanted.asker.library
                around = "" if found.whole else "-around"
                answers[held.library] = Answer(
                    service="holdings",
                    type="holding",
                    label=held.name,
                    url=found.href,
                    reason=("own-holding" if own else "other-holding") + around,
                    values=(("call", held.shelved[0]), ("title", found.title[:120])),
                    summary=held.summary or held.shelved[0],
                    direct=found.whole,
                    own=own,
                    distance=0 if own else wanted.place.near.get(held.library, 99),
                    available=held.available,
                    match=found.match,
                    as_of=held.as_of,
                )
        return Said(tuple(answers.values()))


SERVICE = Shelves()
