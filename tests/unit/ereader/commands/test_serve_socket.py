"""The socket that serves: free of delays, and refused with a reason."""

from __future__ import annotations

import socket

import pytest

from ereader.commands.serve import _bind
from ereader.exit_status import UsageError


def test_answers_do_not_wait_for_acknowledgements() -> None:
    with _bind("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP, "asyncio looks at this before it sets TCP_NODELAY"
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_a_usage_error() -> None:
    with _bind("127.0.0.1", 0) as listening, pytest.raises(UsageError, match="--port"):
        _bind("127.0.0.1", listening.getsockname()[1])
