"""The addresses of the consoles in one table (管理台路由); ``ereader/web/routes.py`` takes them in."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from ereader.web.manage import overview
from ereader.web.manage.frame import managed

ROUTES: tuple[BaseRoute, ...] = (
    Route("/manage", overview.overview),
    Route("/manage/library/{id}", managed("library", "", overview.library)),
    Route("/manage/consortium/{id}", managed("consortium", "", overview.consortium)),
    Route("/manage/centre", managed("centre", "", overview.centre)),
)
