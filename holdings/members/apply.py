"""The configuration file of the members: read, checked, written (成员配置文件).

``parse`` turns TOML into values and names table, entry and key of whatever is wrong; ``apply`` puts them into
the registry, adding, replacing and, where an entry says ``removed = true``, removing; applying twice changes
nothing; ``export`` prints the same form. Passwords are never in the file: ``password_env`` or
``password_file`` says where they are.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from holdings.members import change
from holdings.members.check_design import faults
from holdings.members.check_design import remarks as remarks_on
from holdings.members.consortium import CENTRE, FUNCTIONS, Consortium, Membership
from holdings.members.endpoint import Endpoint
from holdings.members.endpoint import problems as wrong_with
from holdings.members.library import Library
from holdings.members.password import LONGEST, hash_password, outdated, verify_password
from holdings.members.registry import KINDS, Configuration, Members
from holdings.members.repository import Repository
from holdings.members.toml_text import toml_of
from holdings.members.user import ROLE_OF_CONSORTIUM, ROLES, User, valid_name
from holdings.members.without_defaults import default_of, said

# Ids stand in paths, host names and index tokens, where / + : @ have meanings.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TABLES: dict[str, tuple[type[Any], str]] = {
    "library": (Library, "id"),
    "consortium": (Consortium, "id"),
    "membership": (Membership, "library"),
    "repository": (Repository, "id"),
    "endpoint": (Endpoint, "id"),
}
_REMOVED_BY = {"membership": ("library", "consortium"), "user": ("name",)}  # what names an entry to remove
_NOTHING = Configuration()
_ANYTHING: Mapping[str, Collection[str]] = {}
_USER_KEYS = {"name", "library", "roles", "groups", "password_env", "password_file"}


class ConfigurationError(Exception):
    """The file cannot be applied; ``problems`` has one line for each thing that is wrong. Nothing was
    changed.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Applied(msgspec.Struct, frozen=True):
    """What applying changed (``kind/id``), and remarks for the person who applied it."""

    changed: tuple[str, ...]
    remarks: tuple[str, ...]


def removing(
    changes: Configuration, entries: Iterable[str], present: Configuration
) -> tuple[Configuration, list[str]]:
    """``changes`` that remove these entries (kind/id) as well, and remarks on those that there are not."""
    there = {f"{kind}/{key(v)}" for kind, (_, a, key) in KINDS.items() for v in getattr(present, a)}
    asked = list(dict.fromkeys(entries))
    remarks = [
        f"{e.replace('/', ' ', 1)}: there is none, so there is nothing to remove"
        for e in asked
        if e not in there
    ]
    held = tuple(e for e in asked if e in there)
    return msgspec.structs.replace(changes, removed=(*changes.removed, *held)), remarks


def valid_id(id: str) -> bool:
    """Whether a text may be the id of a library, consortium or repository."""
    return _ID.fullmatch(id) is not None


def parse(
    text: str,
    present: Configuration = _NOTHING,
    environment: Mapping[str, str] = os.environ,
    known: Mapping[str, Collection[str]] = _ANYTHING,
) -> tuple[Configuration, list[str]]:
    """The values of a TOML text, checked against themselves and what is ``present``, and remarks. ``known``
    has the ``types`` and ``facets`` that designs of portals may name, where whoever calls knows them.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([f"not TOML: {error}"]) from error
    problems: list[str] = []
    remarks: list[str] = []
    values: dict[str, list[Any]] = {table: [] for table in _TABLES}
    removed = _removed(document, problems)
    for table, entries in document.items():
        if table not in _TABLES and table != "user":
            problems.append(f"[[{table}]]: unknown table; known are {', '.join(_TABLES)}, user")
        elif not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            problems.append(f"[[{table}]]: write it with two brackets on either side, once for each entry")
        elif table != "user":
            values[table] = _entries(table, entries, problems)
    for table in ("library", "consortium", "repository", "endpoint"):
        _check_ids(table, [value.id for value in values[table]], problems)
    users = _users(document.get("user", []), present, environment, problems, remarks)
    library, consortium, membership, repository, endpoint = (tuple(values[table]) for table in _TABLES)
    read = Configuration(library, consortium, membership, repository, users, endpoint)
    read, gone = removing(read, removed, present)
    remarks += gone
    problems += change.hindrances(present, read)
    problems += _dangling(read, change.after(present, Configuration(removed=read.removed)))
    problems += _designs(read, remarks, known)
    if problems:
        raise ConfigurationError(problems)
    return read, remarks


def apply(
    members: Members,
    text: str,
    environment: Mapping[str, str] = os.environ,
    save: Callable[[Configuration], list[str]] | None = None,
    known: Mapping[str, Collection[str]] = _ANYTHING,
) -> Applied:
    """Puts the values of a TOML text into the registry, all or nothing; ``save`` is how, where rules and
    a log stand before it, ``known`` as in ``parse``.
    """
    read, remarks = parse(text, members.configuration(), environment, known)
    changed = (save or members.save)(read)
    for repository in read.repositories:
        for consortium in repository.offered_to:
            outcome = members.decision(repository.id, consortium).outcome
            if outcome == "not-a-member":
                remarks.append(
                    f"repository {repository.id} is offered to {consortium}, but library "
                    f"{repository.library} is not an active member there, so it stays unseen: "
                    f"add [[membership]] "
                    f'library = "{repository.library}", '
                    f'consortium = "{consortium}"'
                )
            elif outcome == "waiting":
                remarks.append(
                    f"repository {repository.id} is offered to {consortium}, which has not published it yet"
                )
    return Applied(tuple(changed), tuple(remarks))


def export(configuration: Configuration) -> str:
    """The configuration as TOML that ``apply`` reads back to the same state; users without their secrets."""
    parts = []
    for table, entries in (
        ("library", configuration.libraries),
        ("consortium", configuration.consortia),
        ("membership", configuration.memberships),
        ("repository", configuration.repositories),
        ("user", configuration.users),
        ("endpoint", configuration.endpoints),
    ):
        for entry in entries:
            if entry == Consortium(CENTRE):
                continue
            lines = [f"[[{table}]]"]
            for field in msgspec.structs.fields(entry):
                value = getattr(entry, field.name)
                empty = value is None or (value == default_of(field) and said(value) in ("", [], {}))
                if field.name != "secret" and not empty:
                    lines.append(f"{field.name} = {toml_of(said(value))}")
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _entries(table: str, entries: list[dict[str, Any]], problems: list[str]) -> list[Any]:
    kind, id_key = _TABLES[table]
    values = []
    for number, entry in enumerate(entries, 1):
        where = f"[[{table}]] number {number}" + (f' ("{entry[id_key]}")' if id_key in entry else "")
        unknown = [key for key in entry if key not in kind.__struct_fields__]
        if unknown:
            known = ", ".join(kind.__struct_fields__)
            problems += [f"{where}, key {key}: unknown; known are {known}" for key in unknown]
            continue
        try:
            values.append(msgspec.convert(entry, kind))
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at `$")
            key = path.strip("`.") or _missing_key(message)
            words = [word for word in get_args(get_type_hints(kind).get(key)) if isinstance(word, str)]
            known = f"; known are {', '.join(words)}" if words else ""
            problems.append(f"{where}, key {key}: {message}{known}")
    return values


def _removed(document: dict[str, Any], problems: list[str]) -> list[str]:
    """Takes the entries that say ``removed = true`` out of a document; answers with them as kind/id."""
    found = []
    for table, entries in document.items():
        if table not in KINDS or not isinstance(entries, list):
            continue
        keys = _REMOVED_BY.get(table, ("id",))
        kept = []
        for number, entry in enumerate(entries, 1):
            if not isinstance(entry, dict) or "removed" not in entry:
                kept.append(entry)
            elif entry["removed"] is not True or not all(isinstance(entry.get(key), str) for key in keys):
                told = " and ".join(keys)
                problems.append(
                    f"[[{table}]] number {number}, key removed: true, beside {told}, or leave it out"
                )
            else:
                found.append(f"{table}/{'/'.join(entry[key] for key in keys)}")
        document[table] = kept
    return found


def _missing_key(message: str) -> str:
    found = re.search(r"field `(\w+)`", message)
    return found[1] if found else "?"


def _check_ids(table: str, ids: list[str], problems: list[str]) -> None:
    rule = (
        "1 to 64 letters (A-Z, a-z), digits, dots, hyphens or underscores, beginning with a letter or digit"
    )
    problems += [f'[[{table}]] "{id}", key id: {rule}' for id in ids if not valid_id(id)]
    problems += [f'[[{table}]] "{id}", key id: given twice' for id, n in Counter(ids).items() if n > 1]
    if table == "library" and CENTRE in ids:
        problems.append(f'[[library]] "{CENTRE}", key id: reserved for the centre of the installation')


def _dangling(read: Configuration, present: Configuration) -> list[str]:
    libraries = {v.id for v in (*read.libraries, *present.libraries)}
    consortia = {v.id for v in (*read.consortia, *present.consortia)} | {CENTRE}
    problems = [
        f'[[library]] "{v.id}", key portal.includes: there is no consortium "{c}"'
        for v in read.libraries
        for c in v.portal.includes
        if c not in consortia
    ]
    for m in read.memberships:
        where = f'[[membership]] of "{m.library}" in "{m.consortium}"'
        # The members of the centre are libraries and consortia; a consortium's are libraries only.
        if m.library not in libraries and not (m.consortium == CENTRE and m.library in consortia):
            problems.append(f'{where}, key library: there is no library "{m.library}"')
        if m.consortium not in consortia:
            problems.append(f'{where}, key consortium: there is no consortium "{m.consortium}"')
    for domain in read.consortia:
        strange = [f for f in domain.functions if f not in FUNCTIONS]
        problems += [
            f'[[consortium]] "{domain.id}", key functions: "{f}" is none of {", ".join(FUNCTIONS)}'
            for f in strange
        ]
    owners = {r.id: r.library for r in present.repositories}
    for r in read.repositories:
        if r.library not in libraries:
            problems.append(f'[[repository]] "{r.id}", key library: there is no library "{r.library}"')
        for key in ("offered_to", "published_by"):
            missing = [c for c in getattr(r, key) if c not in consortia]
            problems += [f'[[repository]] "{r.id}", key {key}: there is no consortium "{c}"' for c in missing]
        if owners.get(r.id, r.library) != r.library:
            problems.append(f'[[repository]] "{r.id}", key library: belongs to "{owners[r.id]}" already')
    owners = {e.id: e.library for e in present.endpoints}
    for e in read.endpoints:
        where = f'[[endpoint]] "{e.id}"'
        if e.library not in libraries:
            problems.append(f'{where}, key library: there is no library "{e.library}"')
        if owners.get(e.id, e.library) != e.library:
            problems.append(f'{where}, key library: belongs to "{owners[e.id]}" already')
        problems += [f"{where}, key {key}: {wrong}" for key, wrong in wrong_with(e)]
    for user in read.users:
        if user.library and user.library not in libraries:
            problems.append(f'[[user]] "{user.name}", key library: there is no library "{user.library}"')
        for role in user.roles:
            consortium = role.removeprefix(ROLE_OF_CONSORTIUM)
            if role not in ROLES and (consortium == role or consortium not in consortia):
                known = f"{', '.join(ROLES)}, {ROLE_OF_CONSORTIUM}ID"
                problems.append(f'[[user]] "{user.name}", key roles: "{role}" is none of {known}')
    return problems


def _designs(read: Configuration, remarks: list[str], known: Mapping[str, Collection[str]]) -> list[str]:
    """What is wrong with the designs of portals; of what is left out of their style rules, remarks."""
    designs = [
        (f'[[library]] "{v.id}", key portal.design', v.portal.design, [f"C:{c}" for c in v.portal.includes])
        for v in read.libraries
    ]
    designs += [(f'[[consortium]] "{v.id}", key design', v.design, []) for v in read.consortia]
    problems = []
    for where, design, places in designs:
        problems += [
            f"{where}.{f.key}: {f.sentence()}"
            for f in faults(
                design, types=known.get("types", ()), facets=known.get("facets", ()), places=places
            )
        ]
        remarks += [f"{where}.{remark}" for remark in remarks_on(design)]
    return problems


def _users(
    entries: Any,
    present: Configuration,
    environment: Mapping[str, str],
    problems: list[str],
    remarks: list[str],
) -> tuple[User, ...]:
    known = {user.name: user for user in present.users}
    users: dict[str, User] = {}
    if not isinstance(entries, list):
        return ()
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            continue
        name = entry.get("name")
        where = f"[[user]] number {number}" + (f' ("{name}")' if name else "")
        wrong = [
            f"{where}, key {key}: unknown; known are {', '.join(sorted(_USER_KEYS))}"
            for key in entry.keys() - _USER_KEYS
        ]
        try:
            user = msgspec.convert(
                {k: entry[k] for k in ("name", "library", "roles", "groups") if k in entry}, User
            )
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at `$")
            wrong.append(f"{where}, key {path.strip('`.') or _missing_key(message)}: {message}")
        else:
            if not valid_name(user.name):
                wrong.append(f"{where}, key name: 1 to 100 printable characters, no blank at either end")
            if user.name in users:
                wrong.append(f"{where}, key name: given twice")
            if not wrong:
                held = known[user.name].secret if user.name in known else ""
                password = _password(entry, where, environment, wrong, remarks)
                if len(password) > LONGEST:
                    wrong.append(f"{where}, the password: at most {LONGEST} characters")
                elif password and (outdated(held) or not verify_password(password, held)):
                    held = hash_password(password)
                users[user.name] = msgspec.structs.replace(user, secret=held)
        problems += wrong
    return tuple(users.values())


def _password(
    entry: Mapping[str, Any], where: str, environment: Mapping[str, str], wrong: list[str], remarks: list[str]
) -> str:
    variable, file = entry.get("password_env"), entry.get("password_file")
    if variable is not None:
        password = environment.get(str(variable), "")
        if not password:
            remarks.append(
                f"{where}: the environment variable {variable} is not set, so the password stays as it was"
            )
        return password
    if file is not None:
        try:
            return Path(str(file)).read_text("utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            wrong.append(f"{where}, key password_file: {error}")
    return ""
