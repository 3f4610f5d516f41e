"""Files before they are loaded (装载前检查): what is recognised, the first records, what is wrong."""

from __future__ import annotations

import tomllib

import msgspec
from starlette.responses import Response

from ereader import file_preview, jobs, uploads
from ereader.file_preview import Looked
from ereader.uploads import Upload
from ereader.web import answer, errors
from ereader.web.manage.frame import Scope, frame_of, led, page, saved
from ereader.web.manage.load import LONGEST_MAPPING
from ereader.web.manage.load_form import (
    NEW,
    Errors,
    Wish,
    check,
    made,
    reading_inputs,
    target_inputs,
    wish_of,
    wish_of_upload,
)
from ereader.web.manage.problem_words import fault
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from indexer.formats import mapping as mappings
from indexer.profile import Profile
from ui import manage_load_pages
from ui.manage_load_pages import FileLook, Sample
from ui.manage_pages import Input


def show(visit: Visit, scope: Scope, upload: str) -> Response:
    """GET /manage/library/ID/uploads/UPLOAD"""
    found = uploads.find(visit.service.installation.home, upload, scope.id)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    if not again_possible(visit, found):
        return led(visit, f"{scope.path}/jobs/{found.job}")
    return _page(visit, scope, found, wish_of_upload(found), {})


def change(visit: Visit, scope: Scope, fields: Fields, upload: str) -> Response:
    """POST /manage/library/ID/uploads/UPLOAD: look again, load, or discard."""
    home = visit.service.installation.home
    found = uploads.find(home, upload, scope.id)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    if not again_possible(visit, found):
        return led(visit, f"{scope.path}/jobs/{found.job}")
    if fields.get("action") == "discard":
        uploads.discard(home, found.id)
        return led(visit, f"{scope.path}/load", "manage_load.discarded")
    wish, loading = wish_of(fields), fields.get("action") == "load"
    mapping = fields.get("mapping", "").replace("\r\n", "\n").strip()[:LONGEST_MAPPING]
    wrong = check(visit, scope, wish, complete=loading)
    if mapping and (told := _wrong_mapping(mapping)):
        wrong["mapping"] = told
    if wrong:
        return _page(visit, scope, found, wish, wrong, mapping, 422)
    kept = msgspec.structs.replace(
        found,
        repository=wish.repository if wish.repository != NEW else "",
        type=wish.type,
        format=wish.format,
        charset=wish.charset,
        mapped=bool(mapping),
    )
    uploads.keep(home, kept, mapping or None)
    if not loading:
        return _page(visit, scope, kept, wish, {}, mapping)
    if any(looked.unreadable for looked in _looked(visit, kept)):
        return _page(visit, scope, kept, wish, {}, mapping, 422)
    return _load(visit, scope, kept, wish)


def again_possible(visit: Visit, upload: Upload) -> bool:
    """Whether the files wait to be loaded: for the first time, or because it failed or was stopped."""
    if not upload.job:
        return True
    job = jobs.find(visit.service.installation, upload.job)
    ended = job is None or job.state in ("failed", "stopped")
    return ended and all(path.exists() for path in uploads.paths(visit.service.installation.home, upload))


def _load(visit: Visit, scope: Scope, upload: Upload, wish: Wish) -> Response:
    installation = visit.service.installation
    new = made(visit, scope, wish)
    if new.repositories:
        saved(visit, new)
    arguments = {
        "library": scope.id,
        "upload": upload.id,
        "repository": wish.new_id if wish.repository == NEW else wish.repository,
        "files": [str(path.resolve()) for path in uploads.paths(installation.home, upload)],
        "remove": True,
        **{name: getattr(upload, name) for name in ("type", "format", "charset") if getattr(upload, name)},
    }
    if upload.mapped:
        folder = uploads.folder_of(installation.home, upload.id)
        arguments["mapping"] = str((folder / uploads.MAPPING).resolve())
    job = jobs.start(installation, "load", arguments, scope.actor)
    uploads.keep(installation.home, msgspec.structs.replace(upload, job=job))
    return led(visit, f"{scope.path}/jobs/{job}")


def _page(
    visit: Visit,
    scope: Scope,
    upload: Upload,
    wish: Wish,
    wrong: Errors,
    mapping: str | None = None,
    status: int = 200,
) -> Response:
    texts = visit.texts
    looked = _looked(visit, upload)
    held = _mapping_of(visit, upload) if mapping is None else mapping
    proposed = "" if held else next((one.mapping for one in looked if one.mapping), "")
    shown = manage_load_pages.CheckPage(
        visit.site(),
        frame_of(visit, scope, "load", texts("manage_load.check_title")),
        visit.url(f"{scope.path}/uploads/{upload.id}"),
        tuple(_file(visit, one) for one in looked),
        target_inputs(visit, scope, wish, wrong),
        (
            *reading_inputs(visit, wish, wrong),
            Input(
                "mapping",
                texts("manage_load.mapping"),
                held or proposed,
                "textarea",
                texts("manage_load.mapping_hint"),
                wrong.get("mapping", ""),
                most=LONGEST_MAPPING,
                rows=16 if held or proposed else 4,
            ),
        ),
        loadable=not any(one.unreadable for one in looked),
        proposed=bool(proposed),
    )
    return page(visit, "manage/load_check.html", shown, status)


def _looked(visit: Visit, upload: Upload) -> list[Looked]:
    known = visit.members.repositories().get(upload.repository)
    values = {**(known.profile if known else {}), "library": upload.library, "repository": upload.repository}
    values |= {n: getattr(upload, n) for n in ("type", "format", "charset") if getattr(upload, n)}
    mapping = _mapping_of(visit, upload)
    if mapping:
        try:
            values["mapping"] = tomllib.loads(mapping)
        except tomllib.TOMLDecodeError:
            values.pop("mapping", None)
    try:
        profile = msgspec.convert(values, Profile)
    except msgspec.ValidationError:
        profile = Profile(upload.library, upload.repository, upload.type, upload.format, upload.charset)
    return file_preview.look(uploads.paths(visit.service.installation.home, upload), profile)


def _mapping_of(visit: Visit, upload: Upload) -> str:
    if not upload.mapped:
        return ""
    path = uploads.folder_of(visit.service.installation.home, upload.id) / uploads.MAPPING
    return path.read_text("utf-8") if path.exists() else ""


def _wrong_mapping(text: str) -> str:
    """What is wrong with a mapping, "" when nothing is."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return str(error)[:300]
    return "; ".join(p.message for p in mappings.check(found) if p.severity == "error")[:500]


def _file(visit: Visit, looked: Looked) -> FileLook:
    texts = visit.texts
    comma = texts("site.comma")
    said = "manage_load.looked_whole" if looked.whole else "manage_load.looked_part"
    why = texts.maybe(f"manage_load.unreadable_{looked.kind}", "") if looked.kind else ""
    return FileLook(
        looked.file,
        size_of(looked.size),
        why or looked.unreadable,
        bool(looked.unreadable) and not why,
        "" if looked.unreadable else texts(said, n=looked.read),
        comma.join(looked.formats),
        comma.join(looked.charsets),
        comma.join(f"{visit.names.type(code)} {count:,}" for code, count in looked.types),
        looked.authority,
        tuple(
            Sample(
                r.position,
                visit.names.type(r.type) if r.type else "",
                r.title,
                comma.join(r.names),
                r.publication,
                comma.join(r.identifiers),
                r.refused,
            )
            for r in looked.records
        ),
        tuple(fault(visit, f.code, f.severity, f.count, f.examples) for f in looked.findings),
    )


def size_of(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{size / 1e3:,.1f} kB"
