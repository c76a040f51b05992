"""A name server on loopback, over real sockets: answers, none, cut off, silent and broken."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from portal.operations.txt_records import NoAnswerError, lookup

pytestmark = pytest.mark.real_clock  # a resolver that waits looks at the clock
NAME = "_dmarc.voorbeeld.nl"
Reply = Callable[[bytes], bytes | None]


def answered(*records: bytes, flags: int = 0x8180) -> Reply:
    def reply(question: bytes) -> bytes:
        asked = question[12:].split(b"\0", 1)[0] + b"\0" + struct.pack(">2H", 16, 1)
        found = b"".join(b"\xc0\x0c" + struct.pack(">2HIH", 16, 1, 60, len(data)) + data for data in records)
        return question[:2] + struct.pack(">5H", flags, 1, len(records), 0, 0) + asked + found

    return reply


@contextmanager
def serving(reply: Reply, over_tcp: Reply | None = None) -> Iterator[tuple[str, int]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(tcp.getsockname())

        def by_udp() -> None:
            question, who = udp.recvfrom(4096)
            if (said := reply(question)) is not None:
                udp.sendto(said, who)

        def by_tcp() -> None:
            line, _who = tcp.accept()
            with line:
                question = line.recv(4096)[2:]
                said = (over_tcp or reply)(question) or b""
                line.sendall(struct.pack(">H", len(said)) + said)

        for work in (by_udp, *([by_tcp] if over_tcp else [])):
            threading.Thread(target=work, daemon=True).start()
        yield udp.getsockname()


def test_the_strings_of_one_record_are_read_as_one() -> None:
    with serving(answered(b"\x08v=DMARC1\x08; p=none", b"\x05other")) as server:
        assert lookup(NAME, servers=[server]) == ["v=DMARC1; p=none", "other"]


@pytest.mark.parametrize("flags", [0x8180, 0x8183])
def test_a_name_without_records_or_that_is_not_there_has_none(flags: int) -> None:
    with serving(answered(flags=flags)) as server:
        assert lookup(NAME, servers=[server]) == []


def test_an_answer_that_was_cut_off_is_asked_for_once_more() -> None:
    with serving(answered(flags=0x8380), answered(b"\x03all")) as server:
        assert lookup(NAME, servers=[server]) == ["all"]


@pytest.mark.parametrize(
    "reply",
    [
        lambda question: None,
        lambda question: b"",
        lambda question: b"\xff" * 40,
        answered(b"\x03all", flags=0x8182),  # the server failed
        lambda question: b"\0\0" + (answered(b"\x03all")(question) or b"")[2:],  # of another question
        lambda question: (answered(b"\x03all")(question) or b"")[:40],
    ],
)
def test_silence_and_nonsense_are_no_answer(reply: Reply) -> None:
    with serving(reply) as server, pytest.raises(NoAnswerError):
        lookup(NAME, servers=[server], seconds=0.3)


@pytest.mark.parametrize("name", ["", "a..nl", f"{'a' * 64}.nl", "é.nl"])
def test_a_name_that_cannot_be_is_never_asked(name: str) -> None:
    with pytest.raises(NoAnswerError):
        lookup(name, servers=[("127.0.0.1", 1)], seconds=0.3)
