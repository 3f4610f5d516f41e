"""The addresses of the consoles of consortia and of the centre (共享域与中心管理台路由)."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from ereader.web.manage import (
    appoint,
    centre_consortia,
    centre_jobs,
    centre_libraries,
    centre_people,
    change_log,
    consortium,
    consortium_settings,
    endpoints,
    in_care,
    sharing,
    tracing,
)
from ereader.web.manage.frame import Work, managed, managed_change
from ereader.web.manage.scopes import Kind

# The centre is a consortium as well: both consoles have these.
_PLACES: tuple[tuple[Kind, str], ...] = (
    ("consortium", "/manage/consortium/{id}"),
    ("centre", "/manage/centre"),
)


def _page(
    kind: Kind, path: str, tab: str, shown: Work, changed: Work | None = None, most: int = 100
) -> list[Route]:
    """A page and the form on it."""
    found = [Route(path, managed(kind, tab, shown))]
    return [*found, _form(kind, path, tab, changed, most)] if changed else found


def _form(kind: Kind, path: str, tab: str, changed: Work, most: int = 100) -> Route:
    return Route(path, managed_change(kind, tab, changed, most_fields=most), methods=["POST"])


_CENTRE = "/manage/centre"
ROUTES: tuple[BaseRoute, ...] = (
    *(
        route
        for kind, path in _PLACES
        for route in (
            *_page(kind, f"{path}/members", "members", consortium.members, consortium.changed),
            *_page(
                kind, f"{path}/members/{{library}}", "members", consortium.member, consortium.member_changed
            ),
            _form(kind, f"{path}/members/{{library}}/admin", "members", appoint.library_admin),
            _form(kind, f"{path}/members/{{library}}/care", "members", in_care.ended),
            *_page(kind, f"{path}/sharing", "sharing", sharing.matrix, sharing.changed, sharing.MOST_FIELDS),
            *_page(kind, f"{path}/log", "log", change_log.log, change_log.taken_back),
            *_page(
                kind,
                f"{path}/settings",
                "settings",
                consortium_settings.settings,
                consortium_settings.settings_changed,
            ),
        )
    ),
    *_page(
        "centre",
        f"{_CENTRE}/libraries",
        "libraries",
        centre_libraries.libraries,
        centre_libraries.library_registered,
    ),
    *_page("centre", f"{_CENTRE}/libraries/{{library}}", "libraries", centre_libraries.library),
    _form("centre", f"{_CENTRE}/libraries/{{library}}/admin", "libraries", appoint.library_admin),
    _form("centre", f"{_CENTRE}/libraries/{{library}}/care", "libraries", in_care.ended),
    _form("centre", f"{_CENTRE}/libraries/{{library}}/hosts", "libraries", centre_libraries.hosts_changed),
    _form("centre", f"{_CENTRE}/libraries/{{library}}/remove", "libraries", centre_libraries.library_removed),
    *_page(
        "centre",
        f"{_CENTRE}/consortia",
        "consortia",
        centre_consortia.consortia,
        centre_consortia.consortium_created,
    ),
    *_page(
        "centre",
        f"{_CENTRE}/consortia/{{consortium}}",
        "consortia",
        centre_consortia.consortium,
        centre_consortia.consortium_changed,
    ),
    _form(
        "centre", f"{_CENTRE}/consortia/{{consortium}}/admin", "consortia", centre_consortia.consortium_admin
    ),
    _form(
        "centre",
        f"{_CENTRE}/consortia/{{consortium}}/remove",
        "consortia",
        centre_consortia.consortium_removed,
    ),
    *_page("centre", f"{_CENTRE}/people", "people", centre_people.people, centre_people.changed),
    *_page("centre", f"{_CENTRE}/jobs", "jobs", centre_jobs.listed, centre_jobs.changed),
    *_page("centre", f"{_CENTRE}/trace", "trace", tracing.page),
    *_page("centre", f"{_CENTRE}/endpoints", "endpoints", endpoints.endpoints, endpoints.changed),
    *_page("library", "/manage/library/{id}/endpoints", "endpoints", endpoints.endpoints, endpoints.changed),
    *_page("library", "/manage/library/{id}/trace", "trace", tracing.page),
)
