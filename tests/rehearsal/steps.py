"""The steps of a rehearsal, in order: the page is followed, and then what was installed is tried."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from portal.local.places import ROOT
from tests.chaos.harness import Sink
from tests.rehearsal import authority, booked, clean_debian, memory, network, rolling, saved, upgraded
from tests.rehearsal.followed import SITE, Page, bundle, fill_in, own_values, stand_in, take_usual_port
from tests.rehearsal.stack import WEB_PORTS, Stack
from tests.rehearsal.system import RehearsalError, Shell, System, environment
from tests.rehearsal.told import Told

EXPOSURE = "1.2"  # of each unit, as docs/install.md says
# Of the doctor's questions those that ask the world, or for what was not made yet.
NOT_HERE = ("Backup", "SPF", "DKIM", "DMARC")
DOCTOR_SECONDS = 60
DEPLOY = ROOT / "deploy"
SECRET = "a-secret-of-the-rehearsal"
# What is done in the place of a block that is not rehearsed, by the number of its section.
BY_HAND: dict[str, Callable[[Shell, Stack], None]] = {
    "1": lambda shell, _stack: own_values(shell),
    "5": lambda _shell, stack: fill_in(stack.system, stack.sink.port),
    "8": lambda _shell, _stack: None,  # the certificate is there already
    "9": lambda _shell, _stack: None,  # a step of its own
}


@dataclass
class Rehearsal:
    told: Told
    stack: Stack
    page: Page
    booked: int = 0


def rehearse(home: Path, only: list[str] | None) -> None:
    """Raises RehearsalError with what did not hold."""
    told = Told(home / "report.json")
    with ExitStack() as kept:
        chosen = [name for name in STEPS if only is None or name in only]
        this = install(home, told, kept, with_old="upgraded" in chosen)
        for name in chosen:
            words, act = STEPS[name]
            with told.step(words):
                told.keep(name, act(this))


def install(home: Path, told: Told, kept: ExitStack, *, with_old: bool) -> Rehearsal:
    """From nothing to all processes of docs/install.md, without a proxy. `with_old` fetches what 0.1.0 needs too."""
    log = home / "commands.log"
    log.unlink(missing_ok=True)
    with told.step("A clean Debian 12 in a folder"):
        system = clean_debian.unpack(home, log)
        kept.callback(keep_logs, system, home / "log")
    shell = Shell(system)
    stack = Stack(system, f"https://{SITE}", home / "ca.pem", Sink())
    page = Page(shell, {number: partial(act, shell, stack) for number, act in BY_HAND.items()})
    with told.step("docs/install.md, 1 to 3: packages, user, code"):
        if not bundle(system):
            told.say("      what is not committed here is left out")
        page.follow(until="4")
        fetch_proxies(system)
    if with_old:
        with told.step("0.1.0 beside it, for later"):
            upgraded.prepare(system)
    with told.step("docs/install.md, 4 to 6: PostgreSQL, Redis, settings, processes"):
        network.leave(home, SITE)
        shell.move()
        stack.ca_file.write_bytes(authority.certify(system, SITE))
        authority.trust(system, stack.ca_file)
        stand_in(system)
        take_usual_port(system)
        kept.enter_context(stack.sink)
        keep_up(system, kept)
        page.follow(until="7")
    return Rehearsal(told, stack, page)


def keep_logs(system: System, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(system.root / "var" / "log", folder, ignore_dangling_symlinks=True)


def fetch_proxies(system: System) -> None:
    """Their packages, while there is a network; they are installed when the page says so."""
    system.run("apt-get", "install", "--yes", "--download-only", "caddy", "nginx")


def keep_up(system: System, kept: ExitStack) -> None:
    """The supervisor, and the ports of web. What it keeps up ends with this program, the first of their processes."""
    (system.root / "etc" / "service").mkdir(exist_ok=True)
    unit = (DEPLOY / "draagkracht-web@.socket").read_text()
    address = re.search(r"^ListenStream=([\d.]+):%i$", unit, re.MULTILINE)
    assert address
    # as systemd does: open for as long as the rehearsal lasts, whatever becomes of the processes behind them
    ports = {port: kept.enter_context(socket.create_server((address[1], port))) for port in WEB_PORTS}
    runit = subprocess.Popen(
        ["chroot", str(system.root), "runsvdir", "-P", "/etc/service"],
        env=environment() | {f"SOCKET_{port}": str(one.fileno()) for port, one in ports.items()},
        pass_fds=[one.fileno() for one in ports.values()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    kept.callback(runit.kill)


def behind_caddy(this: Rehearsal) -> dict[str, object]:
    this.page.follow(until="8")
    return a_person_books(this)


def behind_nginx(this: Rehearsal) -> dict[str, object]:
    this.stack.run("systemctl", "disable", "--now", "caddy")
    this.page.follow(until="9")
    this.stack.proxy = "nginx"
    return a_person_books(this)


def a_person_books(this: Rehearsal) -> dict[str, object]:
    answers(this.stack)
    tells_no_secret(this.stack)
    this.booked += 1
    return {"confirmed at": booked.book(this.stack, this.booked)}


def answers(stack: Stack) -> None:
    """The site by its name, with its certificate checked; plain http leads there; its sheet comes from the proxy."""
    context = ssl.create_default_context(cafile=str(stack.ca_file))
    for address in (f"{stack.site}/readyz", f"{stack.site.replace('https', 'http')}/"):
        try:
            with urlopen(address, timeout=30, context=context) as answer:
                status, there = answer.status, answer.url
        except OSError as error:
            raise RehearsalError(f"{address} does not answer: {error}") from None
        if status != 200 or not there.startswith(stack.site):
            raise RehearsalError(f"{address} answers {status} at {there}.")


def tells_no_secret(stack: Stack) -> None:
    """No log of the proxy has the address of a secret link, asked for or come from; a page has its line."""
    context = ssl.create_default_context(cafile=str(stack.ca_file))
    plain = stack.site.replace("https", "http")
    for address in (
        f"{stack.site}/u/{SECRET}/x/",
        f"{plain}/en/impact-call/x/{SECRET}/",
        f"{stack.site}/privacy/?{SECRET}",
    ):
        request = Request(
            address, headers={"Referer": f"{stack.site}/getoond/x/{SECRET}/", "User-Agent": SECRET}
        )
        with suppress(HTTPError):
            urlopen(request, timeout=30, context=context).close()
    logs = [
        *(stack.system.root / "var/log" / stack.proxy).glob("*"),
        *(stack.system.root / "var/log/rehearsal").glob(f"{stack.proxy}*"),
    ]
    stack.wait_until(
        lambda: any("/privacy/" in log.read_text() for log in logs),
        "a page has its line in the proxy's log",
        20,
    )
    told = [log.name for log in logs if SECRET in log.read_text()]
    if told:
        raise RehearsalError(f"A secret link stands in {', '.join(told)}.")


def doctor(this: Rehearsal) -> list[str]:
    """What it says here, where there is no world around: nothing else may be wrong."""
    lines: list[str] = []

    def is_content() -> bool:
        lines[:] = this.stack.run_manage("doctor", check=False).stdout.splitlines()
        wrong = [line for line in lines if not line.startswith("OK")]
        return all(any(f" {name}: " in line for name in NOT_HERE) for line in wrong)

    # it waits for nobody longer than a few seconds, and this machine may be busy
    with suppress(RehearsalError):
        this.stack.wait_until(is_content, "the doctor finds nothing wrong", DOCTOR_SECONDS)
    for line in lines:
        this.told.say(f"      {line}")
    if not is_content():
        raise RehearsalError("The doctor finds something wrong that is here.")
    return lines


def units(this: Rehearsal) -> dict[str, str]:
    """How exposed systemd finds each of them."""
    found = {}
    folder = this.stack.system.root / "etc/systemd/system"
    for unit in sorted(folder.glob("draagkracht-*.service")):
        name = unit.name
        if "@." in name:
            name = name.replace("@.", "@8001.")
            shutil.copyfile(unit, folder / name)
        said = this.stack.run(
            "systemd-analyze", "security", "--offline=yes", "--no-pager", f"/etc/systemd/system/{name}"
        )
        level = said.stdout.strip().splitlines()[-1].rpartition(": ")[2].split()[0]
        found[name] = level
        if level != EXPOSURE:
            raise RehearsalError(f"{name} has an exposure of {level}, and docs/install.md says {EXPOSURE}.")
    return found


def rest_of_the_page(this: Rehearsal) -> None:
    this.page.follow(until="")


def rolls(this: Rehearsal) -> object:
    return rolling.rehearse(this.stack, this.told.say)


def is_saved(this: Rehearsal) -> object:
    return saved.rehearse(this.stack, this.told.say)


def weighs(this: Rehearsal) -> object:
    return memory.rehearse(this.stack, this.told.say)


def is_upgraded(this: Rehearsal) -> object:
    return upgraded.rehearse(this.stack, this.told.say)


STEPS: dict[str, tuple[str, Callable[[Rehearsal], Any]]] = {
    "units": ("systemd reads the units", units),
    "caddy": ("docs/install.md, 7: behind Caddy a person books over HTTPS", behind_caddy),
    "doctor": ("The doctor looks at all of it", doctor),
    "rolling": ("Everything restarts one by one while people book", rolls),
    "saved": ("A backup under load, and what comes back of it", is_saved),
    "memory": ("What all of it weighs under load", weighs),
    "nginx": ("docs/install.md, 8: behind nginx a person books over HTTPS", behind_nginx),
    "rolling-nginx": ("The same restarts behind nginx", rolls),
    "page": ("docs/install.md, the rest of it", rest_of_the_page),
    "upgraded": ("From 0.1.0 to this version while people book", is_upgraded),
}
