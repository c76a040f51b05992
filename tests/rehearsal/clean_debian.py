"""A Debian 12 that nobody touched, in a folder: made by debootstrap once, kept as a file, unpacked each time.

Debian's packages and pip's are kept beside it, so that a second rehearsal asks the network for little.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.rehearsal.system import (
    DEFAULT_MIRROR,
    INCLUDED,
    NEEDED_MEGABYTES,
    RELEASE,
    RehearsalError,
    System,
    environment,
)

SOURCES = Path("/etc/apt")
# Of pip's configuration here: the way to its index, not what lies on this machine's disk.
PIPS = {"cert", "index-url", "proxy", "trusted-host", "timeout", "default-timeout", "retries"}


def unpack(home: Path, log: Path) -> System:
    """The system at `home`/system, mounted for whoever runs this. Raises RehearsalError."""
    kept = home / f"{RELEASE}.tar"
    if not kept.exists():
        bootstrap(home, kept, log)
    root = home / "system"
    root.mkdir()
    find_room(root)
    run(log, "tar", "--extract", "--file", str(kept), "--directory", str(root), "--numeric-owner")
    system = System(root, log)
    (home / "apt" / "partial").mkdir(parents=True, exist_ok=True)
    (home / "pip").mkdir(exist_ok=True)
    mount(root, home)
    prepare(system)
    return system


def find_room(root: Path) -> None:
    """In memory where there is plenty: it is quick, and gone by itself. Else on the disk."""
    said = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    if said and int(said[1]) // 1000 > 2 * NEEDED_MEGABYTES:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={NEEDED_MEGABYTES}m,mode=755", "tmpfs", str(root)],
            check=True,
        )
        return
    free = shutil.disk_usage(root).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        raise RehearsalError(
            f"The disk is full: {free} MB is free at {root} and {NEEDED_MEGABYTES} MB is needed."
        )


def bootstrap(home: Path, kept: Path, log: Path) -> None:
    fresh = home / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    run(
        log, "debootstrap", "--variant=minbase", f"--include={INCLUDED}", RELEASE, str(fresh), mirror(),
        why="Debian could not be fetched, is there a network?",
    )  # fmt: skip
    run(log, "tar", "--create", "--file", f"{kept}.new", "--directory", str(fresh), "--numeric-owner", ".")
    Path(f"{kept}.new").rename(kept)
    shutil.rmtree(fresh)


def mount(root: Path, home: Path) -> None:
    """In this program's own list of mounts: they go when it goes, however it ends."""
    for kind, place in (("proc", "proc"), ("tmpfs", "dev/shm"), ("tmpfs", "tmp")):
        (root / place).mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", kind, kind, str(root / place)], check=True)
    (root / "tmp").chmod(0o1777)
    for kept, place in (("apt", "var/cache/apt/archives"), ("pip", "root/.cache/pip")):
        (root / place).mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", str(home / kept), str(root / place)], check=True)


def prepare(system: System) -> None:
    """What is of the place and not of the document: where packages come from, and that none starts by itself."""
    system.write("etc/apt/sources.list", "\n".join(sources()) + "\n")
    system.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
    system.write(
        "etc/dpkg/dpkg.cfg.d/rehearsal", "force-unsafe-io\n"
    )  # nothing here must outlive a power cut
    for name in ("resolv.conf", "hosts"):
        shutil.copyfile(Path("/etc") / name, system.root / "etc" / name)
    system.write("etc/pip.conf", pip_configuration(system))


def pip_configuration(system: System) -> str:
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    lines = ["[global]"]
    for name, value in re.findall(r"^(?:global|:env:)\.([\w-]+)='(.*)'$", said, re.MULTILINE):
        if name not in PIPS:
            continue
        if name == "cert":
            shutil.copyfile(value, system.root / "etc" / "pip.pem")
            value = "/etc/pip.pem"
        line = f"{name.removeprefix('default-')} = {value}"
        if line not in lines:
            lines.append(line)
    return "\n".join(lines) + "\n"


def mirror() -> str:
    return next((address for address, suite in machines_sources() if suite == RELEASE), DEFAULT_MIRROR)


def sources() -> list[str]:
    """For the clean system: the release, and its updates where this machine has them."""
    more = [
        (address, suite)
        for address, suite in machines_sources()
        if suite in {f"{RELEASE}-updates", f"{RELEASE}-security"}
    ]
    return [f"deb {address} {suite} main" for address, suite in dict.fromkeys([(mirror(), RELEASE), *more])]


def machines_sources() -> list[tuple[str, str]]:
    """Address and suite of each of this machine's own."""
    found = []
    for path in [SOURCES / "sources.list", *sorted((SOURCES / "sources.list.d").glob("*.list"))]:
        text = path.read_text() if path.exists() else ""
        found += re.findall(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)", text, re.MULTILINE)
    for path in sorted((SOURCES / "sources.list.d").glob("*.sources")):
        for stanza in path.read_text().split("\n\n"):
            fields = dict(re.findall(r"^(\w[\w-]*):\s*(.*)$", stanza, re.MULTILINE))
            found += [
                (address.rstrip("/"), suite)
                for address in fields.get("URIs", "").split()
                for suite in fields.get("Suites", "").split()
            ]
    return found


def run(log: Path, *argv: str, why: str = "") -> None:
    with log.open("a") as output:
        done = subprocess.run(argv, env=environment(), stdout=output, stderr=output, check=False)
    if done.returncode:
        last = " | ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise RehearsalError(f"{why or f'`{argv[0]}` failed:'} {last} (see {log})")
