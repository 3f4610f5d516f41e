"""Which facets there are for a reader, in which order (分面清单)."""

from __future__ import annotations

import msgspec

from indexer.index.fields import BY_NAME


class FacetSpec(msgspec.Struct, frozen=True):
    """One facet of the result page: its field, and how many values it shows before "more"."""

    name: str
    size: int = 8

    @property
    def hierarchical(self) -> bool:
        """Whether the values are paths joined with `` / ``."""
        return BY_NAME[self.name].levels > 0


# The order of the page: what decides first whether a hit is of use (can I get it, where, in my language)
# stands first.
FACETS: dict[str, FacetSpec] = {
    spec.name: spec
    for spec in (
        FacetSpec("type", size=21),
        FacetSpec("access"),
        FacetSpec("library"),
        FacetSpec("language"),
        FacetSpec("subject"),
        FacetSpec("author"),
        FacetSpec("class"),
        FacetSpec("publisher"),
        FacetSpec("journal"),
        FacetSpec("series"),
        FacetSpec("place"),
        FacetSpec("country"),
    )
}
# Values of browse lists that can be chosen like those of a facet, but are never listed beside hits: a title
# as it is printed, and a place on the shelf.
UNLISTED = ("title", "shelf")
SHOWN = tuple(name for name in FACETS if name != "type")  # the type is the row of channels above the list
