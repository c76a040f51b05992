"""A port that is chosen stays free until whoever chose it starts on it."""

from __future__ import annotations

import random
import socket

import pytest

from portal.local import places
from portal.local.places import LocalError, free_port


def test_a_chosen_port_is_none_that_a_connection_gets_by_itself() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as line,
    ):
        assert line.getsockname()[1] not in places.CHOSEN_PORTS
    assert free_port() in places.CHOSEN_PORTS


def test_tests_that_begin_alike_choose_apart() -> None:
    chosen = set()
    for _time in range(3):
        random.seed(1)
        chosen.add(free_port())
    assert len(chosen) > 1


def test_a_port_somebody_listens_on_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        monkeypatch.setattr(places, "CHOSEN_PORTS", range(taken, taken + 1))
        with pytest.raises(LocalError, match="No port is free"):
            free_port()
