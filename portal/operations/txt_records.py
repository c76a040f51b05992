"""TXT records of a name, asked of the machine's own resolvers (RFC 1035): all that SPF, DKIM and DMARC need.

One question over UDP, with EDNS for long answers (RFC 6891), and over TCP when the answer does not fit. What is
said is only shown to the operator, so it need not be proven.
"""

from __future__ import annotations

import secrets
import socket
import struct
import time
from pathlib import Path

TXT, IN, OPT = 16, 1, 41
NO_SUCH_NAME = 3
ROOM = 4096  # bytes that an answer may take
RESOLVERS = Path("/etc/resolv.conf")


class NoAnswerError(Exception):
    """Nobody could be asked, or what came back is no answer."""


def resolvers(path: Path = RESOLVERS) -> list[tuple[str, int]]:
    try:
        lines = [line.split() for line in path.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return []
    return [(words[1], 53) for words in lines if len(words) > 1 and words[0] == "nameserver"]


def lookup(name: str, *, servers: list[tuple[str, int]] | None = None, seconds: float = 1.0) -> list[str]:
    """The records of `name`; none when it has none. Takes `seconds` at most. Raises NoAnswerError."""
    until = time.monotonic() + seconds
    for server in resolvers() if servers is None else servers:
        try:
            return _ask(server, name, until)
        except (OSError, ValueError, struct.error, IndexError):  # silent, broken or about something else
            continue
    raise NoAnswerError


def _ask(server: tuple[str, int], name: str, until: float) -> list[str]:
    number = secrets.randbelow(2**16)
    question = _question(number, name)
    with socket.socket(_family(server), socket.SOCK_DGRAM) as line:
        line.connect(server)
        line.settimeout(_left(until))
        line.send(question)
        answer = line.recv(ROOM)
    if struct.unpack(">H", answer[2:4])[0] & 0x0200:  # cut off
        with socket.create_connection(server, timeout=_left(until)) as line:
            line.sendall(struct.pack(">H", len(question)) + question)
            length = struct.unpack(">H", _exactly(line, 2, until))[0]
            answer = _exactly(line, length, until)
    return _records(answer, number)


def _family(server: tuple[str, int]) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in server[0] else socket.AF_INET


def _left(until: float) -> float:
    if (left := until - time.monotonic()) <= 0:
        raise TimeoutError
    return left


def _exactly(line: socket.socket, count: int, until: float) -> bytes:
    found = b""
    while len(found) < count:
        line.settimeout(_left(until))
        if not (piece := line.recv(count - len(found))):
            raise ConnectionError
        found += piece
    return found


def _question(number: int, name: str) -> bytes:
    labels = [label.encode("ascii") for label in name.rstrip(".").split(".")]
    if any(not 0 < len(label) < 64 for label in labels):
        raise ValueError(name)
    asked = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    header = struct.pack(">6H", number, 0x0100, 1, 0, 0, 1)  # recursion, please
    return header + asked + struct.pack(">2H", TXT, IN) + b"\0" + struct.pack(">2HIH", OPT, ROOM, 0, 0)


def _records(answer: bytes, number: int) -> list[str]:
    theirs, flags, questions, records = struct.unpack(">4H", answer[:8])
    code = flags & 0x000F
    if theirs != number or not flags & 0x8000 or code not in (0, NO_SUCH_NAME):
        raise ValueError(code)
    place, found = 12, []
    for _number in range(questions):
        place = _after_name(answer, place) + 4
    for _number in range(records):
        place = _after_name(answer, place)
        kind, _class, _ttl, length = struct.unpack(">2HIH", answer[place : place + 10])
        data, place = answer[place + 10 : place + 10 + length], place + 10 + length
        if kind == TXT:
            found.append(_text(data))
    return found


def _after_name(answer: bytes, place: int) -> int:
    while length := answer[place]:
        if length >= 0xC0:  # the rest stands elsewhere
            return place + 2
        place += length + 1
    return place + 1


def _text(data: bytes) -> str:
    """One record is several strings of at most 255 signs, read as one (RFC 7208, 3.3)."""
    said, place = b"", 0
    while place < len(data):
        length = data[place]
        said += data[place + 1 : place + 1 + length]
        place += length + 1
    return said.decode("utf-8", "replace")
