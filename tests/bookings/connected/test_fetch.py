"""Reading an address that somebody typed, from a real https server on loopback that plays the world."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from bookings.connected.fetch import Fetched, fetch
from portal.common.addresses import is_public
from portal.common.reaching import MOST_BYTES, Network, ReachError, resolve, target_of
from tests.bookings.world import NAME, PUBLIC, URL, World, answer


# ---- what works ---------------------------------------------------------------------------------------
def test_a_file_is_read_from_the_pinned_address_under_its_own_name(world: World) -> None:
    world.answers = [answer(b"BEGIN", ETag='"een"')]
    assert world.fetch(f"https://{NAME}/a b/é.ics?sleutel=ü%20") == Fetched(b"BEGIN", '"een"')
    assert world.connected == [PUBLIC]
    path, headers = world.requests[0]
    assert path == "/a%20b/%C3%A9.ics?sleutel=%C3%BC%20"
    assert headers["Host"] == NAME
    assert "Authorization" not in headers
    assert "Cookie" not in headers


def test_what_is_still_the_same_is_not_read_again(world: World) -> None:
    world.answers = [answer(status=304)]
    assert world.fetch(etag='"een"') == Fetched(None, '"een"')
    assert world.requests[0][1]["If-None-Match"] == '"een"'


def test_compressed_files_are_unpacked(world: World) -> None:
    world.answers = [answer(gzip.compress(b"BEGIN" * 1000), Content_Encoding="gzip")]
    assert world.fetch().content == b"BEGIN" * 1000


def test_the_environment_has_no_say(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    world.answers = [answer(b"BEGIN")]
    assert world.fetch().content == b"BEGIN"


# ---- where it may go ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        f"http://{NAME}/",
        f"ftp://{NAME}/",
        "file:///etc/passwd",
        f"https://{NAME}:8443/",
        f"https://{NAME}:99999/",
        f"https://jet:geheim@{NAME}/",
        f"https://jet@{NAME}/",
        "https:///jet.ics",
        "https://[::1/",
        f"https://{'a' * 64}.nl/",
        f"https://{NAME}/{'a' * 2000}",
        "",
    ],
)
def test_only_plain_https_is_an_address(world: World, url: str) -> None:
    assert world.problem(url) == "address"
    assert world.connected == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2001:0:7f00:1::", "::127.0.0.1", "geen adres",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_never_connected_to(world: World, address: str) -> None:
    assert not is_public(address)
    world.names[NAME] = [[PUBLIC, address]]
    assert world.problem() == "unreachable"
    assert world.connected == []


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("faß.example", "xn--fa-hia.example"),
        ("fass.example", "fass.example"),
        ("FAẞ.example", "xn--fa-hia.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("ｂücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_name_with_accents_is_asked_for_by_todays_rules(typed: str, asked: str) -> None:
    """By the rules of 2003 `faß` was `fass`: the calendar, and its secret, of somebody else."""
    assert target_of(f"https://{typed}/jet.ics").host == asked


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0x7f.1", "2130706433", "017700000001", "localhost", "[::ffff:127.0.0.1]"]
)
def test_odd_ways_to_write_loopback_lead_nowhere(world: World, host: str) -> None:
    network = Network(resolve, world.connect, lambda: world.context)
    with pytest.raises(ReachError) as refused:
        fetch(f"https://{host}/", network=network)
    assert refused.value.problem == "unreachable"
    assert world.connected == []


def test_a_name_that_changes_its_answer_is_asked_once(world: World) -> None:
    world.names[NAME] = [[PUBLIC], ["127.0.0.1"]]
    world.answers = [answer(b"BEGIN")]
    assert world.fetch().content == b"BEGIN"
    assert world.connected == [PUBLIC]
    assert world.problem() == "unreachable"  # the next time it is asked and checked anew
    assert world.connected == [PUBLIC]


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("https://169.254.169.254/latest/meta-data/", "unreachable"),
        ("https://binnen.example.org/", "unreachable"),
        (f"http://{NAME}/", "address"),
        (f"https://{NAME}:22/", "address"),
        ("file:///etc/passwd", "address"),
    ],
)
def test_redirects_are_checked_like_the_first_address(world: World, location: str, problem: str) -> None:
    world.names = {"binnen.example.org": [["10.0.0.5"]], "169.254.169.254": [["169.254.169.254"]]}
    world.answers = [answer(status=302, Location=location)]
    assert world.problem() == problem
    assert world.connected == [PUBLIC]


def test_three_redirects_are_followed_and_no_more(world: World) -> None:
    hop = answer(status=302, Location="/verder.ics")
    world.answers = [hop, hop, hop, answer(b"BEGIN")]
    assert world.fetch().content == b"BEGIN"
    world.answers = [hop, hop, hop, hop, answer(b"BEGIN")]
    assert world.problem() == "unreachable"


def test_a_certificate_of_another_name_is_refused(world: World) -> None:
    world.answers = [answer(b"BEGIN")]
    assert world.problem("https://andere.example.org/") == "certificate"
    assert world.requests == []


def test_refused_absent_and_forbidden_are_the_same(world: World) -> None:
    def refused(address: str, timeout: float) -> socket.socket:
        raise ConnectionRefusedError

    def absent(host: str) -> list[str]:
        raise socket.gaierror

    found = set()
    for network in (
        Network(world.resolve, refused),
        Network(absent, world.connect),
        Network(lambda host: ["10.0.0.1"], world.connect),
        Network(lambda host: [], world.connect),
    ):
        with pytest.raises(ReachError) as error:
            fetch(URL, network=network)
        found.add(str(error.value))
    assert found == {"unreachable"}


# ---- how much and how long ----------------------------------------------------------------------------
def test_too_much_is_refused_whatever_the_server_says_about_its_length(world: World) -> None:
    world.answers = [answer(b"a" * (10 * 1024 * 1024))]
    assert world.problem() == "big"
    world.answers = [answer(b"a" * MOST_BYTES)]
    assert len(world.fetch().content or b"") == MOST_BYTES
    world.answers = [answer(b"a" * (MOST_BYTES + 1))]
    assert world.problem() == "big"


def test_a_bomb_is_not_unpacked(world: World) -> None:
    bomb = gzip.compress(b"\0" * (300 * 1024 * 1024), compresslevel=9)
    world.answers = [answer(bomb, Content_Encoding="gzip")]
    begun = time.monotonic()
    assert world.problem(seconds=10) == "big"
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "drip", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"]
)
def test_a_server_that_drips_is_left(world: World, drip: bytes) -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(drip)
        for _second in range(100):
            handler.wfile.write(b"a")
            time.sleep(0.05)

    world.answers = [slowly]
    begun = time.monotonic()
    assert world.problem(seconds=0.6) == "slow"
    assert time.monotonic() - begun < 4  # all of it takes five


def test_an_answer_that_breaks_off_is_none(world: World) -> None:
    world.answers = [answer(b"BEGIN", content_length="900")]
    assert world.problem() == "answer"
    world.answers = [answer(gzip.compress(b"BEGIN" * 500)[:-20], Content_Encoding="gzip")]
    assert world.problem() == "answer"


@pytest.mark.parametrize(
    "send",
    [
        answer(status=404),
        answer(status=500),
        answer(status=304),
        answer(status=302),
        answer(b"x", Content_Encoding="br"),
        answer(b"geen gzip", Content_Encoding="gzip"),
        lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"),
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000),
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n"),
    ],
)
def test_any_other_answer_is_a_problem_of_the_answer(
    world: World, send: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    world.answers = [send]
    assert world.problem() == "answer"


def test_a_name_in_another_script_is_written_for_the_network() -> None:
    assert target_of("https://agenda-bücher.nl/jet.ics").host == "xn--agenda-bcher-klb.nl"
