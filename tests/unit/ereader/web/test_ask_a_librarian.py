"""The address at which readers of a library ask a librarian."""

from __future__ import annotations

from types import SimpleNamespace as Having

import pytest

from ereader.web.search import _librarian
from holdings.members.library import Library, Portal


def visit(contact: str, library: str = "a") -> Having:
    members = Having(libraries=lambda: {"a": Library("a", portal=Portal(contact=contact))})
    return Having(members=members, portal=Having(library=library))


@pytest.mark.parametrize("contact", ["https://a.test/ask", "mailto:ask@a.test"])
def test_a_library_says_where_to_ask(contact: str) -> None:
    assert _librarian(visit(contact)) == contact
    assert _librarian(visit(contact, library="")) == "", "the centre has no address of its own"


@pytest.mark.parametrize("contact", ["", "javascript:alert(1)", "data:text/html,x", "//evil.test", "ftp://x"])
def test_no_other_kind_of_address_becomes_a_link(contact: str) -> None:
    assert _librarian(visit(contact)) == ""
