"""The form of a load (装载表单): into which repository, and how the files are to be read."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ereader.auth.roles import Target, may
from ereader.uploads import Upload
from ereader.web.manage.frame import Scope
from ereader.web.visit import Visit
from holdings.members import Configuration, Name, Repository
from holdings.members.apply import valid_id
from indexer import plugins
from indexer.records.resource_type import BY_CODE
from ui.manage_pages import Input
from ui.pages import Choice

NEW = "+"  # a repository that is to be made; no id begins with it
CHARSETS = ("utf-8", "gb18030", "big5", "marc-8", "utf-16", "cp1252")
Errors = Mapping[str, str]


class Wish(msgspec.Struct, frozen=True):
    """What the form says (装载要求), as it was typed."""

    repository: str = ""
    new_id: str = ""
    new_name: str = ""
    type: str = ""
    format: str = ""
    charset: str = ""


def wish_of(fields: Mapping[str, str]) -> Wish:
    """The wish of a form."""
    return Wish(**{name: fields.get(name, "").strip()[:200] for name in Wish.__struct_fields__})


def wish_of_upload(upload: Upload) -> Wish:
    """The wish that is kept with an upload."""
    return Wish(upload.repository, "", "", upload.type, upload.format, upload.charset)


def repositories(visit: Visit, scope: Scope) -> list[Repository]:
    """The library's own, in order of their names."""
    found = [r for r in visit.members.repositories().values() if r.library == scope.id]
    return sorted(found, key=lambda r: (visit.names.repository(r.id), r.id))


def may_make(scope: Scope) -> bool:
    """Whether he may make a repository."""
    return may(scope.actor, "repository.edit", Target(library=scope.id)).allowed


def formats() -> list[str]:
    """The formats that can be named, in order."""
    return sorted(plugins.formats())


def check(visit: Visit, scope: Scope, wish: Wish, *, complete: bool = True) -> dict[str, str]:
    """What is wrong, by field; ``complete``: a repository must be named."""
    texts, errors = visit.texts, dict[str, str]()
    known = visit.members.repositories()
    if wish.repository == NEW and may_make(scope):
        if not valid_id(wish.new_id):
            errors["new_id"] = texts("manage_load.bad_id")
        elif wish.new_id in known:
            errors["new_id"] = texts("manage_load.taken_id")
    elif wish.repository:
        if wish.repository not in {r.id for r in repositories(visit, scope)}:
            errors["repository"] = texts("manage_load.choose_repository")
    elif complete:
        errors["repository"] = texts("manage_load.choose_repository")
    if wish.type and wish.type not in BY_CODE:
        errors["type"] = texts("manage_load.choose")
    if wish.format and wish.format not in formats():
        errors["format"] = texts("manage_load.choose")
    if wish.charset and wish.charset not in CHARSETS:
        errors["charset"] = texts("manage_load.choose")
    return errors


def made(visit: Visit, scope: Scope, wish: Wish) -> Configuration:
    """The repository that is to be made first: shown in the library's own portal, offered to nobody yet."""
    if wish.repository != NEW:
        return Configuration()
    name = wish.new_name or wish.new_id
    named = Name(zh=name) if visit.lang.startswith("zh") else Name(en=name)
    return Configuration(repositories=(Repository(wish.new_id, scope.id, named),))


def target_inputs(visit: Visit, scope: Scope, wish: Wish, errors: Errors) -> tuple[Input, ...]:
    """Into which repository."""
    texts, found = visit.texts, repositories(visit, scope)
    options = [Choice(visit.names.repository(r.id), "", value=r.id) for r in found]
    if len(found) != 1:
        options.insert(0, Choice(texts("manage_load.please_choose"), "", value=""))
    inputs = [
        Input(
            "repository",
            texts("manage_load.repository"),
            wish.repository or (found[0].id if len(found) == 1 else NEW if not found else ""),
            "select",
            error=errors.get("repository", ""),
            options=(
                *options,
                *((Choice(texts("manage_load.new_repository"), "", value=NEW),) if may_make(scope) else ()),
            ),
        )
    ]
    if may_make(scope):
        inputs += [
            Input(
                "new_id",
                texts("manage_load.new_id"),
                wish.new_id,
                hint=texts("manage_load.new_id_hint"),
                error=errors.get("new_id", ""),
                most=64,
            ),
            Input("new_name", texts("manage_load.new_name"), wish.new_name, error=errors.get("new_name", "")),
        ]
    return tuple(inputs)


def reading_inputs(visit: Visit, wish: Wish, errors: Errors) -> tuple[Input, ...]:
    """How the files are to be read."""
    texts = visit.texts
    automatic = Choice(texts("manage_load.recognised"), "", value="")
    types = [Choice(visit.names.type(code), "", value=code) for code in BY_CODE]
    return (
        Input(
            "type",
            texts("manage_load.type"),
            wish.type,
            "select",
            texts("manage_load.type_hint"),
            errors.get("type", ""),
            (Choice(texts("manage_load.by_record"), "", value=""), *types),
        ),
        Input(
            "format",
            texts("manage_load.format"),
            wish.format,
            "select",
            error=errors.get("format", ""),
            options=(automatic, *(Choice(f, "", value=f) for f in formats())),
        ),
        Input(
            "charset",
            texts("manage_load.charset"),
            wish.charset,
            "select",
            error=errors.get("charset", ""),
            options=(automatic, *(Choice(c, "", value=c) for c in CHARSETS)),
        ),
    )
