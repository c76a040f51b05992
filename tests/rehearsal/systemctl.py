#!/usr/bin/env python3
"""In the place of systemctl where systemd is not the first process: it reads the same units and gives them to runit.

Runs in the clean system with Debian's Python alone. Of a unit it keeps the command, user, folder, settings, mask of
files, capabilities, socket, stop signal and stop time, and that a `notify` service is started when it says so. The
rest of the sandbox, the order and the timers are systemd's, and not shown here.
"""

from __future__ import annotations

import json
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

UNITS = (Path("/etc/systemd/system"), Path("/lib/systemd/system"))
MADE = Path("/etc/rehearsal")  # what runit runs, one folder a service
KEPT = Path("/etc/service")  # those it keeps up
LOGS = Path("/var/log/rehearsal")
NOTIFY = Path("/run/rehearsal")
START_SECONDS = 90
ENOUGH = {"daemon-reload"}
NOT_HERE = {"systemd-journald"}
BIN = "/usr/lib/postgresql/15/bin"

Unit = dict[str, list[str]]


def port_of(cluster: str) -> str:
    text = Path(f"/etc/postgresql/15/{cluster}/postgresql.conf").read_text()
    return re.search(r"^port = (\d+)", text, re.MULTILINE)[1]  # type: ignore[index]  # Debian writes it there


def postgres(name: str) -> Unit:
    return {
        "User": ["postgres"],
        "ExecStart": [
            f"{BIN}/postgres -D /var/lib/postgresql/15/{name} -c config_file=/etc/postgresql/15/{name}/postgresql.conf"
        ],
        "KillSignal": ["SIGINT"],
        "TimeoutStopSec": ["60"],
"Ready": [f"{BIN}/pg_isready --quiet --host /run/postgresql --port {port_of(name)}"],
    }  # fmt: skip


def unit(name: str) -> Unit:
    """The lines of its [Service], by name. Debian starts these two by programs that go on by themselves."""
    if name == "postgresql":
        return postgres("main")
    if name.startswith("postgresql@15-"):
        return postgres(name.removeprefix("postgresql@15-"))
    found = read(name)
    if name == "nginx":
        found |= {
            "Type": ["simple"], "ExecStart": ["/usr/sbin/nginx -g 'daemon off;'"],
            "ExecReload": ["/usr/sbin/nginx -s reload"], "KillSignal": ["SIGQUIT"], "TimeoutStopSec": ["30"],
            "Ready": ["bash -c '> /dev/tcp/127.0.0.1/443'"],
        }  # fmt: skip
    return found


def read(name: str) -> Unit:
    stem, at, instance = name.partition("@")
    for folder in UNITS:
        path = folder / f"{stem}{at}.service"
        if not path.exists():
            continue
        found: Unit = {}
        section = ""
        for line in path.read_text().splitlines():
            if line.startswith("["):
                section = line
            elif section == "[Service]" and line and line[0] not in "#;":
                key, _, value = line.partition("=")
                found.setdefault(key.strip(), []).append(value.strip().replace("%i", instance))
        return found
    sys.exit(f"Unit {name}.service could not be found.")


def socket_of(name: str) -> bool:
    """Whether systemd keeps its port open; the rehearsal does here, and hands it to runit."""
    return (UNITS[0] / f"{name.partition('@')[0]}@.socket").exists() and "@" in name


def first(this: Unit, key: str, default: str = "") -> str:
    return this.get(key, [default])[0]


def script(name: str, this: Unit) -> str:
    user = first(this, "User", "root")
    lines = [f"umask {first(this, 'UMask', '0022')}", f"cd -P {first(this, 'WorkingDirectory', '/')}"]
    lines += [f"export {key}={shlex.quote(value)}" for key, value in variables(this)]
    if socket_of(name):
        lines += [f"exec 3<&$SOCKET_{name.partition('@')[2]}", "export LISTEN_FDS=1 LISTEN_PID=$$"]
    lines += [f"export HOME={pwd.getpwnam(user).pw_dir}", f"export USER={user}"]
    if first(this, "Type") == "notify":
        lines.append(f"export NOTIFY_SOCKET={NOTIFY / name}")
    lines += [f"install -d -o {user} /run/{folder}" for folder in this.get("RuntimeDirectory", [])]
    group = first(this, "Group", user)
    rights = [] if user == "root" else ["--reuid", user, "--regid", group, "--init-groups"]
    for ambient in this.get("AmbientCapabilities", []):
        right = ambient.lower().removeprefix("cap_")
        rights += ["--inh-caps", f"+{right}", "--ambient-caps", f"+{right}"]
    if "CapabilityBoundingSet" in this and not first(this, "CapabilityBoundingSet"):
        rights += ["--bounding-set", "-all"]
    if first(this, "NoNewPrivileges") in {"yes", "true"}:
        rights.append("--no-new-privs")
    begin = f"setpriv {' '.join(rights)} " if rights else ""
    return "\n".join(["#!/bin/bash", "set -e", *lines, f"exec {begin}{first(this, 'ExecStart')}", ""])


def variables(this: Unit) -> list[tuple[str, str]]:
    found = [one.strip('"').partition("=") for one in this.get("Environment", [])]
    for file in this.get("EnvironmentFile", []):
        lines = Path(file.lstrip("-")).read_text().splitlines()
        found += [line.partition("=") for line in lines if line and line[0] not in "#;"]
    return [(key, value) for key, _, value in found]


def make(name: str, this: Unit) -> Path:
    folder = MADE / name
    for path in (folder / "control", LOGS, NOTIFY):
        path.mkdir(parents=True, exist_ok=True)
    (folder / "run").write_text(
        script(name, this).replace("set -e\n", f"set -e\nexec >>{LOGS / name}.log 2>&1\n")
    )
    (folder / "run").chmod(0o755)
    if signal := first(this, "KillSignal"):  # by the shell's own kill: a small Debian has no other
        asked = f"#!/bin/sh\nkill -s {signal.removeprefix('SIG')} $(cat supervise/pid)\n"
        (folder / "control" / "t").write_text(asked)
        (folder / "control" / "t").chmod(0o755)
    return folder


def start(name: str, verb: str = "up") -> None:
    this = unit(name)
    if first(this, "Type") == "oneshot":
        once(name, this)
        return
    make(name, this)
    listener = listen(name) if first(this, "Type") == "notify" else None
    if not (KEPT / name).exists():
        KEPT.mkdir(exist_ok=True)
        (KEPT / name).symlink_to(MADE / name)
        until(lambda: (KEPT / name / "supervise" / "ok").exists(), name)
        verb = "up"  # it was not running
    sv(verb, name, this)
    if listener is not None:
        heard = ""
        while "READY=1" not in heard:
            try:
                heard = listener.recv(4096).decode()
            except TimeoutError:
                sys.exit(f"{name} did not start: see {LOGS / name}.log")
        listener.close()
    if ready := first(this, "Ready"):
        until(lambda: not subprocess.run(ready, shell=True, check=False).returncode, name)


def once(name: str, this: Unit) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("ab") as log:
        done = subprocess.run(["/bin/bash", "-c", script(name, this)], stdout=log, stderr=log, check=False)
    if done.returncode:
        sys.exit(f"{name} failed with code {done.returncode}: see {LOGS / name}.log")


def listen(name: str) -> socket.socket:
    path = NOTIFY / name
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(path))
    path.chmod(0o666)
    listener.settimeout(START_SECONDS)
    return listener


def sv(verb: str, name: str, this: Unit) -> None:
    """Asks, waits as long as the unit says, and then insists."""
    seconds = first(this, "TimeoutStopSec", "90").rstrip("s")
    done = subprocess.run(
        ["sv", "-w", seconds, verb, str(KEPT / name)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{name}: {done.stdout.strip()} (see {LOGS / name}.log)")


def stop(name: str) -> None:
    if (KEPT / name).exists():
        sv("force-stop", name, unit(name))


def reload(name: str) -> None:
    done = subprocess.run(
        first(unit(name), "ExecReload"), shell=True, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{name} could not be reloaded: {done.stdout}{done.stderr}")


def disable(name: str) -> None:
    stop(name)
    (KEPT / name).unlink(missing_ok=True)
    shutil.rmtree(MADE / name / "supervise", ignore_errors=True)


def until(is_so: Callable[[], bool], name: str) -> None:
    end = time.monotonic() + START_SECONDS
    while not is_so():
        if time.monotonic() > end:
            sys.exit(f"{name} did not start: see {LOGS / name}.log")
        time.sleep(0.05)


def main() -> None:
    verb, *names = [one for one in sys.argv[1:] if one != "--now"]
    names = [one.removesuffix(".service") for one in names]
    if verb == "show-pids":  # of this stand-in alone
        print(json.dumps({one: int((KEPT / one / "supervise" / "pid").read_text()) for one in names}))
        return
    acts = {
        "start": start, "enable": start, "restart": lambda name: start(name, "force-restart"),
        "stop": stop, "reload": reload, "disable": disable,
    }  # fmt: skip
    if verb in ENOUGH:
        return
    for name in names:
        if name.endswith((".timer", ".socket")):
            # it is there; the hour is not waited for, and the port is open since the beginning
            (UNITS[0] / f"{name.partition('@')[0]}@.socket" if "@" in name else UNITS[0] / name).stat()
        elif name not in NOT_HERE:
            acts[verb](name)


if __name__ == "__main__":
    main()
