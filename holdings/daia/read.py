"""Reading what a DAIA server answers (读取 DAIA 响应), whatever it answers.

Everything usable is taken, everything that the specification does not allow is told as a problem with its
place. Servers of the earlier version 0.5 differ in little (messages, a label as entity) and are understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from holdings.availability import SERVICES, Limitation, Use
from holdings.daia import values
from holdings.natural import natural

Severity = Literal["error", "warning"]
MOST_DOCUMENTS, MOST_ITEMS, MOST_SERVICES, MOST_PROBLEMS = 1_000, 2_000, 50, 200
LONGEST = 2_000
_ONTOLOGY = "http://purl.org/ontology/dso#"
_ABBREVIATED = {f"{_ONTOLOGY}{name.capitalize()}": name for name in SERVICES} | {
    f"{_ONTOLOGY}OpenAccess": "openaccess"
}


class Problem(msgspec.Struct, frozen=True):
    """What is not as the specification says (问题); ``path`` as ``document[0].item[2].label``."""

    code: str
    severity: Severity
    path: str
    message: str


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """An institution, department or storage (实体)."""

    id: str = ""
    href: str = ""
    content: str = ""


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """A copy or holding of a document (单册)."""

    id: str = ""
    href: str = ""
    part: str = ""  # narrower, broader or ""
    label: str = ""
    about: str = ""
    department: Entity | None = None
    storage: Entity | None = None
    uses: tuple[Use, ...] = ()
    messages: tuple[str, ...] = ()


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    """A work or edition that was asked for (文献)."""

    id: str = ""
    requested: str = ""
    href: str = ""
    about: str = ""
    items: tuple[Item, ...] = ()
    messages: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """An error response (错误响应): section "Error responses"."""

    error: str
    code: int = 0
    description: str = ""


class Daia(msgspec.Struct, frozen=True):
    """A DAIA response as it was understood (DAIA 响应); ``refusal`` when it says that there is none."""

    documents: tuple[Document, ...] = ()
    institution: Entity | None = None
    timestamp: str = ""
    messages: tuple[str, ...] = ()
    refusal: Refusal | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether it is a DAIA response as the specification says, with the integrity rules."""
        return self.refusal is None and not any(p.severity == "error" for p in self.problems)


def read(data: bytes | str) -> Daia:
    """A DAIA response from JSON; never raises."""
    try:
        text = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
        value = msgspec.json.decode(text.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Daia(problems=(Problem("not-json", "error", "", f"no JSON: {error}"[:300]),))
    return _Reader().response(value)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def tell(self, code: str, path: str, message: str, severity: Severity = "error") -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, severity, path, message))

    def response(self, value: Any) -> Daia:
        if not isinstance(value, dict):
            self.tell("not-an-object", "", "a response is an object")
            return Daia(problems=tuple(self.problems))
        if "error" in value and "document" not in value:
            code = value.get("code")
            refusal = Refusal(
                self.text(value, "error", "") or "error",
                code if isinstance(code, int) and not isinstance(code, bool) else 0,
                self.text(value, "error_description", ""),
            )
            return Daia(refusal=refusal, problems=tuple(self.problems))
        if "document" not in value:
            self.tell("document-missing", "document", "a response has documents, if only an empty list")
        documents = [
            self.document(each, path)
            for path, each in self.each(value, "document", "", MOST_DOCUMENTS)
        ]  # fmt: skip
        institution = self.entity(value, "institution", "")
        timestamp = self.text(value, "timestamp", "")
        if timestamp and not values.is_datetime(timestamp):
            self.tell("timestamp", "timestamp", "an instant like 2017-06-23T12:00:00Z")
            timestamp = ""
        kept = tuple(d for d in documents if d is not None)
        for rule, path, message in _broken_rules(kept, institution):
            self.tell(rule, path, message)
        return Daia(kept, institution, timestamp, _messages(value), None, tuple(self.problems))

    def document(self, value: Any, path: str) -> Document | None:
        if not isinstance(value, dict):
            self.tell("not-an-object", path, "a document is an object")
            return None
        id = self.uri(value, "id", path)
        if not id:
            self.tell("id-missing", f"{path}.id", "a document has a URI as id")
        items = [self.item(each, p) for p, each in self.each(value, "item", path, MOST_ITEMS)]
        return Document(
            id or self.text(value, "id", path),
            self.text(value, "requested", path),
            self.url(value, "href", path),
            self.text(value, "about", path),
            tuple(item for item in items if item is not None),
            _messages(value),
        )

    def item(self, value: Any, path: str) -> Item | None:
        if not isinstance(value, dict):
            self.tell("not-an-object", path, "an item is an object")
            return None
        part = self.text(value, "part", path)
        if part and part not in ("narrower", "broader"):
            self.tell("part", f"{path}.part", "narrower or broader")
            part = ""
        label = value.get("label")
        if isinstance(label, dict):  # DAIA 0.5
            self.tell("label", f"{path}.label", "a text", "warning")
            label = self.text(label, "content", f"{path}.label")
        else:
            label = self.text(value, "label", path)
        uses = [
            use
            for kind in ("available", "unavailable")
            for p, each in self.each(value, kind, path, MOST_SERVICES)
            if (use := self.use(each, p, kind == "available")) is not None
        ]
        return Item(
            self.uri(value, "id", path),
            self.url(value, "href", path),
            part,
            label,
            self.text(value, "about", path),
            self.entity(value, "department", path),
            self.entity(value, "storage", path),
            tuple(uses),
            _messages(value),
        )

    def use(self, value: Any, path: str, available: bool) -> Use | None:
        if not isinstance(value, dict):
            self.tell("not-an-object", path, "a service is an object")
            return None
        service = self.text(value, "service", path)
        if not service:
            self.tell("service-missing", f"{path}.service", "a service says of what type it is")
            return None
        service = _ABBREVIATED.get(service, service)
        if service not in SERVICES and not values.is_uri(service):
            self.tell("service", f"{path}.service", f"one of {', '.join(SERVICES)}, or a URI", "warning")
            return None
        delay, expected, queue = "", "", None
        if available:
            delay = self.kept(value, "delay", path, values.is_duration, "a duration or unknown")
        else:
            expected = self.kept(value, "expected", path, values.is_anydate, "a date or unknown")
            queue = value.get("queue")
            if queue in ("", None):
                queue = None
            elif isinstance(queue, bool) or not isinstance(queue, int) or not 0 <= queue < 1_000_000:
                self.tell("queue", f"{path}.queue", "a number, not less than 0")
                queue = natural(queue, 6) if isinstance(queue, str) else None
        limitations = [
            Limitation(found.id, found.href, found.content)
            for p, each in self.each(value, "limitation", path, MOST_SERVICES)
            if (found := self.entity_of(each, p)) is not None
        ]
        href = self.url(value, "href", path)
        return Use(service, available, href, delay, expected, queue, tuple(limitations))

    def kept(self, value: dict[str, Any], name: str, path: str, fits: Any, what: str) -> str:
        text = self.text(value, name, path)
        if text and not fits(text):
            self.tell(name, _at(path, name), what)
            return ""
        return text

    def each(self, value: dict[str, Any], name: str, path: str, most: int) -> Iterator[tuple[str, Any]]:
        found = value.get(name)
        if found is None:
            return
        where = _at(path, name)
        if isinstance(found, dict):
            # Many servers write one thing without its list.
            self.tell("not-a-list", where, "a list", "warning")
            found = [found]
        if not isinstance(found, list):
            self.tell("not-a-list", where, "a list")
            return
        if len(found) > most:
            self.tell("too-many", where, f"more than {most}", "warning")
        for number, each in enumerate(found[:most]):
            yield f"{where}[{number}]", each

    def entity(self, value: dict[str, Any], name: str, path: str) -> Entity | None:
        found = value.get(name)
        return None if found is None or found in ({}, "") else self.entity_of(found, _at(path, name))

    def entity_of(self, value: Any, path: str) -> Entity | None:
        if isinstance(value, str) and value.strip():
            # Not allowed, and yet in the specification's own examples.
            self.tell("entity", path, "an object with id, href or content", "warning")
            return Entity(id=value) if values.is_uri(value) else Entity(content=value[:LONGEST])
        if not isinstance(value, dict):
            self.tell("entity", path, "an object with id, href or content")
            return None
        content = self.text(value, "content", path)
        found = Entity(self.uri(value, "id", path), self.url(value, "href", path), content)
        if found == Entity():
            self.tell("entity-empty", path, "at least one of id, href and content")
            return None
        return found

    def text(self, value: dict[str, Any], name: str, path: str) -> str:
        found = value.get(name)
        if found is None:
            return ""
        if isinstance(found, int | float) and not isinstance(found, bool):
            self.tell("not-a-text", _at(path, name), "a text", "warning")
            found = str(found)
        if not isinstance(found, str):
            self.tell("not-a-text", _at(path, name), "a text")
            return ""
        return "".join(c for c in found[:LONGEST] if c.isprintable() or c in "\n\t").strip()

    def uri(self, value: dict[str, Any], name: str, path: str) -> str:
        return self.kept(value, name, path, values.is_uri, "a URI")

    def url(self, value: dict[str, Any], name: str, path: str) -> str:
        return self.kept(value, name, path, values.is_url, "an address of the web")


def _messages(value: dict[str, Any]) -> tuple[str, ...]:
    """What DAIA 0.5 says in words beside."""
    found = value.get("message")
    listed = found if isinstance(found, list) else [found] if found else []
    texts = [m.get("content") if isinstance(m, dict) else m for m in listed[:20]]
    return tuple(t.strip()[:LONGEST] for t in texts if isinstance(t, str) and t.strip())


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _broken_rules(
    documents: tuple[Document, ...], institution: Entity | None
) -> Iterator[tuple[str, str, str]]:
    """(code, path, message) for each integrity rule that is broken (section "Integrity rules")."""
    seen: dict[str, str] = {}
    entities: set[str] = set()
    limitations: dict[str, str] = {}
    for n, document in enumerate(documents):
        where = f"document[{n}]"
        if document.id and document.id in seen:
            yield "id-not-unique", f"{where}.id", f"stands at {seen[document.id]} too"
        seen.setdefault(document.id, where)
        alone = len(document.items) == 1 and not document.items[0].part
        for m, item in enumerate(document.items):
            at = f"{where}.item[{m}]"
            if item.id and item.id in seen and not (alone and seen[item.id] == where):
                yield "id-not-unique", f"{at}.id", f"stands at {seen[item.id]} too"
            seen.setdefault(item.id, at)
            places = [e for e in (item.department, item.storage) if e and e.id]
            entities |= {e.id for e in places}
            if len(places) == 2 and places[0].id == places[1].id:
                yield "storage-is-department", f"{at}.storage.id", "the same as the department"
            for use in item.uses:
                for limitation in use.limitations:
                    if limitation.id:
                        limitations.setdefault(limitation.id, at)
            open_to = {(u.service, _as_set(u)) for u in item.uses if u.available}
            for use in item.uses:
                if not use.available and (use.service, _as_set(use)) in open_to:
                    yield "both-available-and-not", at, f"{use.service} with the same limitations"
    if institution and institution.id and institution.id in entities | limitations.keys():
        yield "institution-is-entity", "institution.id", "a department, storage or limitation has it too"
    for id, at in limitations.items():
        if id in entities:
            yield "limitation-is-entity", at, f"{id} is a department or storage too"


def _as_set(use: Use) -> frozenset[tuple[str, str, str]]:
    return frozenset((x.id, "", "") if x.id else ("", x.href, x.content) for x in use.limitations)
