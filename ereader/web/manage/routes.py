"""The addresses of the consoles in one table (管理台路由); ``ereader/web/routes.py`` takes them in."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from ereader.web.manage import (
    branches,
    centre_routes,
    change_log,
    design,
    links,
    load,
    load_check,
    load_run,
    overview,
    people,
    profile,
    quality,
    ranking,
    reading,
    repositories,
    review,
    widget,
)
from ereader.web.manage.frame import managed, managed_change, managed_upload
from ereader.web.manage.scopes import Kind

_CONSOLES: tuple[tuple[Kind, str], ...] = (
    ("library", "/manage/library/{id}"),
    ("consortium", "/manage/consortium/{id}"),
    ("centre", "/manage/centre"),
)

ROUTES: tuple[BaseRoute, ...] = (
    Route("/manage", overview.overview),
    *centre_routes.ROUTES,
    Route("/manage/library/{id}", managed("library", "", overview.library)),
    Route("/manage/library/{id}/links", managed("library", "links", links.shown)),
    Route("/manage/library/{id}/links", managed_change("library", "links", links.settled), methods=["POST"]),
    *(
        Route(f"{path}/review", endpoint, methods=methods)
        for kind, path in _CONSOLES
        if kind != "consortium"
        for methods, endpoint in (
            (["GET"], managed(kind, "review", review.shown)),
            (["POST"], managed_change(kind, "review", review.said)),
        )
    ),
    Route("/manage/centre/links", managed("centre", "links", links.shown)),
    Route("/manage/centre/links", managed_change("centre", "links", links.settled), methods=["POST"]),
    Route("/manage/library/{id}/load", managed("library", "load", load.form)),
    Route("/manage/library/{id}/load", managed_upload("library", "load", load.receive), methods=["POST"]),
    Route("/manage/library/{id}/uploads/{upload}", managed("library", "load", load_check.show)),
    Route(
        "/manage/library/{id}/uploads/{upload}",
        managed_change("library", "load", load_check.change, most_body=400_000),
        methods=["POST"],
    ),
    Route("/manage/library/{id}/jobs/{job}", managed("library", "load", load_run.progress)),
    Route(
        "/manage/library/{id}/jobs/{job}", managed_change("library", "load", load_run.stop), methods=["POST"]
    ),
    Route("/manage/library/{id}/loads/{run}", managed("library", "load", load_run.report)),
    Route("/manage/library/{id}/loads/{run}/{name}", managed("library", "load", load_run.download)),
    Route(
        "/manage/library/{id}/loads/{run}/undo",
        managed_change("library", "load", load_run.undo),
        methods=["POST"],
    ),
    Route(
        "/manage/library/{id}/repositories/{repository}/reading",
        managed("library", "repositories", reading.show),
    ),
    Route(
        "/manage/library/{id}/repositories/{repository}/reading",
        managed_change("library", "repositories", reading.save),
        methods=["POST"],
    ),
    Route("/manage/library/{id}/people", managed("library", "people", people.listed)),
    Route(
        "/manage/library/{id}/people", managed_change("library", "people", people.changed), methods=["POST"]
    ),
    Route("/manage/library/{id}/log", managed("library", "log", change_log.log)),
    Route(
        "/manage/library/{id}/log", managed_change("library", "log", change_log.taken_back), methods=["POST"]
    ),
    Route("/manage/library/{id}/quality", managed("library", "quality", quality.shown)),
    Route(
        "/manage/library/{id}/quality",
        managed_change("library", "quality", quality.changed),
        methods=["POST"],
    ),
    Route(
        "/manage/library/{id}/quality/{repository}/{name}", managed("library", "quality", quality.download)
    ),
    Route("/manage/library/{id}/profile", managed("library", "profile", profile.show)),
    Route(
        "/manage/library/{id}/profile", managed_change("library", "profile", profile.save), methods=["POST"]
    ),
    Route("/manage/library/{id}/profile/order", managed("library", "profile", ranking.show)),
    Route(
        "/manage/library/{id}/profile/order",
        managed_change("library", "profile", ranking.save),
        methods=["POST"],
    ),
    Route("/manage/library/{id}/profile/branches", managed("library", "profile", branches.new)),
    Route(
        "/manage/library/{id}/profile/branches",
        managed_change("library", "profile", branches.add),
        methods=["POST"],
    ),
    Route("/manage/library/{id}/profile/branches/{branch}", managed("library", "profile", branches.show)),
    Route(
        "/manage/library/{id}/profile/branches/{branch}",
        managed_change("library", "profile", branches.save),
        methods=["POST"],
    ),
    Route("/manage/library/{id}/repositories", managed("library", "repositories", repositories.listed)),
    Route(
        "/manage/library/{id}/repositories",
        managed_change("library", "repositories", repositories.create),
        methods=["POST"],
    ),
    Route(
        "/manage/library/{id}/repositories/{repository}",
        managed("library", "repositories", repositories.show),
    ),
    Route(
        "/manage/library/{id}/repositories/{repository}",
        managed_change("library", "repositories", repositories.save, most_fields=500),
        methods=["POST"],
    ),
    Route("/manage/consortium/{id}", managed("consortium", "", overview.consortium)),
    Route("/manage/centre", managed("centre", "", overview.centre)),
    *(
        Route(f"{path}/design", endpoint, methods=methods)
        for kind, path in _CONSOLES
        for methods, endpoint in (
            (["GET"], managed(kind, "design", design.shown)),
            (
                ["POST"],
                managed_change(
                    kind, "design", design.changed, most_fields=design.MOST_FIELDS, most_body=design.MOST_BODY
                ),
            ),
        )
    ),
    *(Route(f"{path}/widget", managed(kind, "widget", widget.shown)) for kind, path in _CONSOLES),
    *(
        Route(f"{path}/widget", managed_change(kind, "widget", widget.changed), methods=["POST"])
        for kind, path in _CONSOLES
    ),
    *(Route(f"{path}/design/logo", design.picturing(kind), methods=["POST"]) for kind, path in _CONSOLES),
)
