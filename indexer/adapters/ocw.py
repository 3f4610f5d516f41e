"""Courses of MIT OpenCourseWare and what belongs to them (开放课程适配器).

The reader has cut a course document into the course (国外课程) and its files, recordings and linked pages;
each part carries the few facts of its course that it needs. A course is the course of one term: another
year is another record.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from indexer.formats.draft import Draft, full_name
from indexer.formats.markup import plain
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type
from indexer.records.record import Record
from indexer.records.resource_type import Evidence

_SITE = "https://ocw.mit.edu"
_SCHOOL = "Massachusetts Institute of Technology"
_COURSES = frozenset({"foreign-course", "domestic-course"})
_RESOLVE = re.compile(r"\./resolveuid/[0-9a-f]+")
_PARTS = {"file", "media", "foreign"}


class OcwAdapter:
    """Adapts parts of OCW course documents (开放课程适配器)."""

    formats = ("ocw",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        draft = Draft(raw, profile)
        value = draft.decode()
        if value is None:
            return None, draft.problems
        part = plain(value.get("part")) or "course"
        # A declared course type is meant for the courses, any other one for their parts.
        if (profile.type in _COURSES) != (part == "course"):
            draft.declared = ""
        course = value.get("course") if isinstance(value.get("course"), dict) else value
        assert isinstance(course, dict)
        item = value.get("item") if isinstance(value.get("item"), dict) else {}
        assert isinstance(item, dict)
        draft.publisher = "MIT OpenCourseWare"
        draft.place = "Cambridge, MA"
        draft.rights = "CC BY-NC-SA 4.0"
        draft.language(course.get("language") or "en-US")
        _people(draft, course)
        if part == "course":
            _course(draft, course)
        elif part in _PARTS:
            _part(draft, part, course, item, plain(value.get("section")))
        return draft.finish()


def _term(course: dict[str, Any]) -> str:
    year = plain(course.get("from_year"))
    term = plain(course.get("from_semester"))
    return " ".join(p for p in (term if term != "-1" else "", year if year != "-1" else "") if p)


def _number(course: dict[str, Any]) -> str:
    department, master = plain(course.get("department_number")), plain(course.get("master_course_number"))
    return f"{department}.{master}" if department and master else plain(course.get("sort_as"))


def _people(draft: Draft, course: dict[str, Any]) -> None:
    instructors = course.get("instructors")
    for person in instructors if isinstance(instructors, list) else ():
        if not isinstance(person, dict):
            continue
        last, first = plain(person.get("last_name")), plain(person.get("first_name"))
        initial = plain(person.get("middle_initial"))
        body = bool(re.search(r"faculty|staff|department|lecturers", f"{last} {first}", re.I))
        if body:
            draft.person(
                ", ".join(p for p in (first, last) if p), "instructor", "corporate", affiliation=_SCHOOL
            )
        else:
            draft.person(full_name(last, f"{first} {initial}".strip()), "instructor", affiliation=_SCHOOL)


def _course(draft: Draft, course: dict[str, Any]) -> None:
    draft.id = plain(course.get("uid") or course.get("short_url"))
    draft.title(course.get("title"))
    draft.says(Evidence("foreign-course", "coded", "OCW course of MIT"))
    draft.says(resource_type.course("US", _SCHOOL))
    draft.date = plain(course.get("from_year"))
    if draft.date == "-1":
        draft.date = ""
    draft.volume = _term(course)  # courses of one title are told apart by their term, as volumes of a set are
    draft.abstract = _RESOLVE.sub("", plain(course.get("description")))
    draft.more("school", _SCHOOL)
    draft.more("term", _term(course))
    draft.more("course_number", _number(course))
    draft.more("level", course.get("course_level"))
    draft.identify("local", course.get("short_url"))
    handle = plain(course.get("dspace_handle")).replace("hdl://", "")
    draft.identify("hdl", handle)
    tags = course.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        draft.subject(tag.get("name") if isinstance(tag, dict) else tag)
    collections = course.get("course_collections")
    for entry in collections if isinstance(collections, list) else ():
        if isinstance(entry, dict):
            levels = [plain(entry.get(n)) for n in ("ocw_feature", "ocw_subfeature", "ocw_speciality")]
            draft.subject("--".join(level for level in levels if level))
    if plain(course.get("url")).startswith("/"):
        draft.link(_SITE + plain(course["url"]))
    draft.link(course.get("image_src"), "cover", plain(course.get("image_alternate_text")))
    pages = course.get("course_pages")
    for page in pages if isinstance(pages, list) else ():
        if isinstance(page, dict) and plain(page.get("title")) not in (
            "",
            "Course Home",
            "Download Course Materials",
        ):
            draft.contents.append(plain(page["title"]))
    for other in course.get("is_update_of") or () if isinstance(course.get("is_update_of"), list) else ():
        draft.relate("continues", local_id=other)
    for other in (
        course.get("other_version_parent_uids") or ()
        if isinstance(course.get("other_version_parent_uids"), list)
        else ()
    ):
        draft.relate("related", local_id=other, note="other version")
    extra_numbers = course.get("extra_course_number")
    for entry in extra_numbers if isinstance(extra_numbers, list) else ():
        if isinstance(entry, dict):
            draft.more("other_course_numbers", entry.get("linked_course_number_col"))
    changed = re.match(r"(\d{4})/(\d\d)/(\d\d)", plain(course.get("last_published_to_production")))
    draft.modified = "-".join(changed.groups()) if changed else ""
    retired = plain(course.get("retirement_date"))
    if retired:
        draft.more("retired", retired)


def _part(draft: Draft, part: str, course: dict[str, Any], item: dict[str, Any], section: str) -> None:
    """A file, a recording or a linked page of a course."""
    title = plain(item.get("title"))
    name = plain(item.get("id"))
    address = plain(item.get("file_location") or item.get("link"))
    if part == "foreign":
        address = plain(item.get("link")) or address
        title = _from_file_name(address)
    elif not title or title == name:
        title = plain(item.get("description") or item.get("alt_text") or item.get("caption"))[
            :200
        ] or _from_file_name(name or address)
    draft.id = plain(item.get("uid")) or f"{plain(course.get('uid'))}:{address}"[:500]
    draft.title(title)
    draft.abstract = plain(item.get("description") or item.get("about_this_resource_text"))
    if draft.abstract == title:
        draft.abstract = ""
    draft.note(item.get("caption"))
    draft.note(item.get("credit"), "Credit")
    draft.note(item.get("platform_requirements"))
    draft.date = plain(course.get("from_year"))
    if draft.date == "-1":
        draft.date = ""
    draft.more("school", _SCHOOL)
    draft.more("term", _term(course))
    draft.more("section", section)
    draft.more("course_number", _number(course))
    draft.link(address)
    draft.relate("part_of", course.get("title"), local_id=course.get("uid"), note=_term(course))
    mime = plain(item.get("file_type"))
    draft.more("format", mime)
    if part == "media":
        _media(draft, item)
    else:
        kind = {"image": "image", "video": "video", "audio": "audio"}.get(
            mime.partition("/")[0], "courseware"
        )
        draft.says(Evidence(kind, "coded", f"OCW {plain(item.get('type')) or part} {mime}".strip()))


def _from_file_name(text: str) -> str:
    stem = PurePosixPath(text.rstrip("/")).stem
    return re.sub(r"[_]+", " ", re.sub(r"^[0-9a-f]{32}_", "", stem)).strip() or stem


def _media(draft: Draft, item: dict[str, Any]) -> None:
    """A recording: its addresses are among its embedded media."""
    found = "video"
    given = item.get("embedded_media")
    entries = [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
    for entry in entries:
        place = plain(entry.get("media_location") or entry.get("technical_location"))
        kind = plain(entry.get("type"))
        if kind == "Thumbnail":
            draft.link(place, "cover")
        elif kind == "Video" and re.fullmatch(r"[\w-]{11}", place):
            draft.link(f"https://www.youtube.com/watch?v={place}", "fulltext", "YouTube")
        elif kind == "Video":
            draft.link(place, "fulltext", plain(entry.get("title")))
        elif kind == "Audio":
            found = found if any(e.get("type") == "Video" for e in entries) else "audio"
            draft.link(place, "fulltext", plain(entry.get("title")))
    location = plain(item.get("technical_location"))
    draft.link(location, "related")
    draft.says(Evidence(found, "coded", "OCW embedded media"))


ADAPTER = OcwAdapter()
