"""Places that a reader may hand back and must not be able to read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.sealed import opened, seal

KEY, OTHER = b"k" * 32, b"o" * 32


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_with_the_same_key_only(place: bytes) -> None:
    token = seal(place, KEY)
    assert token == seal(place, KEY)
    assert opened(token, KEY) == place
    assert opened(token, OTHER) is None


def test_nothing_of_a_place_can_be_read_in_its_token() -> None:
    place = b"mi mi\x01secret heading"
    assert place.hex() not in seal(place, KEY)
    assert b"secret".hex() not in seal(place, KEY)


@given(st.text(max_size=60))
def test_what_was_not_sealed_here_does_not_open(token: str) -> None:
    assert opened(token, KEY) is None
    assert opened(f"~{token}", KEY) is None
