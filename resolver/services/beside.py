"""What belongs to a thing besides its text (附属资源): contents, a part to read, its cover, reserves."""

from __future__ import annotations

from urllib.parse import urlsplit

from resolver.service import Answer, AnswerType, Said, Wanted, as_address

MOST_OF_KIND = 3
MOST_COURSES = 10
_TYPES: dict[str, AnswerType] = {"contents": "table_of_contents", "preview": "excerpt", "cover": "cover"}


class Beside:
    """Links of records to what belongs to the thing, or to the book a chapter is in."""

    name = "beside"
    types: tuple[AnswerType, ...] = ("excerpt", "table_of_contents", "cover")
    wave = 0
    remote = False
    seconds = 0.0
    preempted_by: frozenset[str] = frozenset()

    def ask(self, wanted: Wanted) -> Said:
        answers: dict[str, Answer] = {}
        counts: dict[str, int] = {}
        for found in wanted.records:
            for held in found.held:
                for kind, link in held.beside:
                    type, url = _TYPES.get(kind), as_address(link)
                    if type is None or not url or url in answers or counts.get(type, 0) >= MOST_OF_KIND:
                        continue
                    counts[type] = counts.get(type, 0) + 1
                    answers[url] = Answer(
                        service="beside",
                        type=type,
                        label=urlsplit(url).hostname or url[:80],
                        url=url,
                        reason=kind,
                        values=(("library", held.name),),
                        platform=urlsplit(url).netloc.lower(),
                        direct=found.whole,
                        own=bool(held.library) and held.library == wanted.asker.library,
                        match=found.match,
                        as_of=held.as_of,
                    )
        return Said(tuple(answers.values()))


class CourseReserve:
    """Libraries that keep it ready for a course, the reader's own first by rank."""

    name = "course-reserve"
    types: tuple[AnswerType, ...] = ("course_reserve",)
    wave = 0
    remote = False
    seconds = 0.0
    preempted_by: frozenset[str] = frozenset()

    def ask(self, wanted: Wanted) -> Said:
        answers: dict[tuple[str, str], Answer] = {}
        for found in wanted.records:
            for held in found.held:
                for course in held.courses:
                    if len(answers) >= MOST_COURSES:
                        break
                    own = bool(held.library) and held.library == wanted.asker.library
                    answers.setdefault(
                        (held.library, course),
                        Answer(
                            service="course-reserve",
                            type="course_reserve",
                            label=held.name,
                            url=found.href,
                            reason="reserved" if course else "reserved-here",
                            values=(("library", held.name), ("course", course[:120])),
                            direct=found.whole,
                            own=own,
                            distance=0 if own else wanted.place.near.get(held.library, 99),
                            match=found.match,
                            as_of=held.as_of,
                        ),
                    )
        return Said(tuple(answers.values()))


BESIDE = Beside()
COURSE_RESERVE = CourseReserve()
