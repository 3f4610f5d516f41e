"""What a search refuses to do, typed so that pages and the API can say why (拒绝)."""

from __future__ import annotations

MAX_REACH = 10_000  # hits that can be paged through; a walk by cursor has no limit


class SearchRefused(ValueError):
    """A search that is not carried out; ``code`` is stable, the message is a plain sentence."""

    code = "search-refused"


class PageTooDeep(SearchRefused):
    """A page beyond ``MAX_REACH`` hits: ``last_page`` is the last that may be asked for at this page size."""

    code = "page-too-deep"

    def __init__(self, page: int, last_page: int) -> None:
        super().__init__(
            f"page {page} is too deep: the last page that can be asked for is {last_page}"
            f" ({MAX_REACH} hits); narrow the search, or walk through all hits with cursor=*"
        )
        self.page = page
        self.last_page = last_page


class CursorRefused(SearchRefused):
    """A cursor that is damaged or belongs to another search or another view."""

    code = "cursor-refused"

    def __init__(self) -> None:
        super().__init__("this cursor does not belong to this search; begin again with cursor=*")


def deepest_page(size: int) -> int:
    """The last page of this size within ``MAX_REACH`` hits."""
    return max(1, MAX_REACH // max(1, size))
