"""When a request is there; what the worker does with it: tests/chaos/test_slow_senders.py."""

from __future__ import annotations

import pytest

from portal.worker import is_whole


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET / HTTP/1.1\r\n\r", False),
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nCONTENT-length:  3\r\n\r\nab", False),
        (b"POST / HTTP/1.1\r\nCONTENT-length:  3\r\n\r\nabc", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", True),  # never kept: the site refuses it
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", False),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", True),
        (b"x" * 400_000, True),
    ],
)
def test_a_request_is_whole_when_nothing_of_it_is_to_come(data: bytes, expected: bool) -> None:
    assert is_whole(data) is expected
