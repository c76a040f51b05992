"""A real CalDAV server (Radicale) on loopback, under the name and certificate of `world`; a second client."""

from __future__ import annotations

import base64
import http.client
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bookings.connected.caldav import Server
from bookings.models import Login
from portal.common.reaching import Network
from portal.local.places import free_port
from portal.local.processes import wait_until
from tests.bookings.world import NAME, PUBLIC, make_certificate
from tests.factories.bookings import PASSWORD, USER

LOGIN = Login(USER, PASSWORD)
ROOT = f"https://{NAME}/"
MAKE = """<?xml version="1.0" encoding="utf-8"?>
<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>{name}</d:displayname><c:supported-calendar-component-set><c:comp name="{kind}"/>
</c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>"""


@dataclass
class Radicale:
    """One server with one person; its calendars are emptied before each test."""

    folder: Path
    pem: Path
    context: ssl.SSLContext
    port: int = field(default_factory=free_port)
    child: subprocess.Popen[bytes] | None = None
    connected: list[str] = field(default_factory=list)

    def start(self) -> None:
        users = self.folder / "users"
        users.write_text(f"{LOGIN.user}:{LOGIN.password}\n", encoding="utf-8")
        options = {
            "server-hosts": f"127.0.0.1:{self.port}",
            "server-certificate": str(self.pem),
            "server-key": str(self.pem),
            "auth-type": "htpasswd",
            "auth-htpasswd-filename": str(users),
            "auth-htpasswd-encryption": "plain",
            "auth-delay": "0",
            "storage-filesystem-folder": str(self.folder / "data"),
            "logging-level": "error",
        }
        argv = [f"--{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "radicale", "--config=", "--server-ssl", *argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        assert wait_until(self.answers, 20), (self.folder / "log").read_text()

    def answers(self) -> bool:
        try:
            return self.do("GET", "/.web/")[0] < 500
        except OSError:
            return False

    def stop(self) -> None:
        if self.child is not None:
            self.child.terminate()
            self.child.wait(10)
            self.child = None

    def empty(self) -> None:
        shutil.rmtree(self.folder / "data" / "collection-root", ignore_errors=True)
        self.connected.clear()

    # ---- how the portal reaches it ----------------------------------------------------------------------
    def connect(self, address: str, timeout: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def network(self, seconds: float = 10.0) -> Network:
        return Network(lambda host: [PUBLIC], self.connect, lambda: self.context, seconds)

    def server(self, login: Login = LOGIN) -> Server:
        return Server.at(ROOT, login, self.network())

    # ---- a second client, that shares nothing with the portal's ------------------------------------------
    def do(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """One plain request of the person whose calendar it is: status and body."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=unchecked(), timeout=10)
        secret = base64.b64encode(f"{LOGIN.user}:{LOGIN.password}".encode()).decode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body.encode(), {"Authorization": f"Basic {secret}", **named})
        response = connection.getresponse()
        content = response.read().decode()
        connection.close()
        return response.status, content

    def make_calendar(self, name: str, *, kind: str = "VEVENT", called: str = "") -> str:
        """Make a calendar and return its address."""
        path = f"/{LOGIN.user}/{name}/"
        status, body = self.do("MKCALENDAR", path, MAKE.format(name=called or name, kind=kind))
        assert status == 201, (status, body)
        return ROOT + path[1:]

    def put(self, calendar: str, uid: str, *lines: str) -> None:
        """Write one event."""
        text = "\r\n".join(
            ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", "BEGIN:VEVENT", f"UID:{uid}",
             "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""]
        )  # fmt: skip
        status, body = self.do("PUT", path_of(calendar) + f"{uid}.ics", text, Content_Type="text/calendar")
        assert status in (201, 204), body

    def files(self, calendar: str) -> dict[str, str]:
        """Every event of a calendar by its file name, as it lies on the server's disk."""
        folder = self.folder / "data" / "collection-root" / path_of(calendar).strip("/")
        return {
            path.name: path.read_bytes().decode().replace("\r\n ", "").replace("\n ", "")
            for path in folder.glob("*.ics")
        }


def path_of(address: str) -> str:
    return "/" + address.removeprefix(ROOT)


def unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def running(folder: Path) -> Iterator[Radicale]:
    folder.mkdir(parents=True, exist_ok=True)
    pem, context = make_certificate(folder)
    server = Radicale(folder, pem, context)
    server.start()
    try:
        yield server
    finally:
        server.stop()
