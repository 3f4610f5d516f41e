from __future__ import annotations

import pytest
import zstandard

from indexer.pack import DICTIONARY, packer, unpack


@pytest.mark.parametrize("data", [b"", b"x", "红楼梦".encode(), bytes(range(256)) * 400])
def test_what_is_packed_comes_back_byte_for_byte(data: bytes) -> None:
    assert unpack(packer()(data)) == data


def test_what_was_packed_without_the_dictionary_is_still_read() -> None:
    assert unpack(zstandard.ZstdCompressor(level=3).compress(b"title" * 50)) == b"title" * 50


def test_a_frame_names_the_dictionary_it_needs() -> None:
    named = zstandard.get_frame_parameters(packer()(b"title")).dict_id
    assert named == zstandard.ZstdCompressionDict(DICTIONARY.read_bytes()).dict_id()


def test_damage_is_an_error_not_another_record() -> None:
    packed = packer()(b"title proper / somebody")
    with pytest.raises(zstandard.ZstdError):
        unpack(packed[:-3])
