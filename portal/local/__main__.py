"""`python -m portal.local`: run this checkout, or one command of it, with real services around it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import environ

from portal.local.audit import audit
from portal.local.check import check
from portal.local.chromium import chromium
from portal.local.machine import (
    clean,
    machine,
    running_environment,
    stop_on_signals,
    throwaway_machine,
)
from portal.local.places import ROOT, LocalError, say
from portal.local.up import kept_state, prepare, setup, site_port, up


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="run the whole portal until Ctrl-C")
    commands.add_parser("setup", help="do the set-up of `up` and stop")
    commands.add_parser("check", help="run the linters and checks")
    commands.add_parser("audit", help="look up known weaknesses of what the lock files pin")
    commands.add_parser("clean", help="throw away the local database, mail and logs")
    manage = commands.add_parser("manage", help="run manage.py on what `up` keeps, also while it runs")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    test = commands.add_parser("test", help="run pytest against a fresh PostgreSQL and Redis")
    test.add_argument("arguments", nargs=argparse.REMAINDER)
    run = commands.add_parser("run", help="run one command: run [--state DIR] -- COMMAND")
    run.add_argument(
        "--state", type=Path, help="keep the data in DIR; joins a machine that already runs on it"
    )
    run.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    stop_on_signals()
    try:
        match options.command:
            case "up" | "setup":
                environ.Env.read_env(ROOT / ".env")
                return up() if options.command == "up" else setup()
            case "check":
                return check()
            case "audit":
                return audit(kept_state() / "audit")
            case "clean":
                return clean()
            case "manage":
                return run_manage(without_dashes(options.arguments))
            case "test":
                return run_tests(options.arguments)
            case _:
                return run_command(without_dashes(options.arguments), options.state)
    except LocalError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def run_tests(arguments: list[str]) -> int:
    """Never reads `.env`: what is named there is the operator's own data."""
    browser = chromium()
    with throwaway_machine() as this:
        this.environment["CHROMIUM"] = browser
        # Before pytest: Django keeps the catalogue that it finds while it starts, even when there is none,
        # and the static files are built once for all of its workers.
        for command in (["compile_translations"], ["collectstatic", "--no-input", "--verbosity=0"]):
            if failed := run_in_front(this.environment, [sys.executable, "manage.py", *command]):
                return failed
        return run_in_front(this.environment, [sys.executable, "-m", "pytest", *without_dashes(arguments)])


def run_manage(arguments: list[str]) -> int:
    environ.Env.read_env(ROOT / ".env")
    argv = [sys.executable, "manage.py", *arguments]
    running = running_environment(kept_state())
    if running is not None:
        return run_in_front(running, argv)
    with machine(kept_state(), durable=True, site_port=site_port()) as this:
        if arguments[:1] != ["makemigrations"]:  # its models are ahead of the tables
            prepare(this)
        return run_in_front(this.environment, argv)


def run_command(argv: list[str], state: Path | None) -> int:
    if not argv:
        raise LocalError("Name the command to run: python -m portal.local run -- COMMAND")
    if state is None:
        with throwaway_machine() as this:
            return run_in_front(this.environment, argv)
    environ.Env.read_env(ROOT / ".env")
    running = running_environment(state)
    if running is not None:
        return run_in_front(running, argv)
    with machine(state, durable=True) as this:
        return run_in_front(this.environment, argv)


def run_in_front(environment: dict[str, str], argv: list[str]) -> int:
    """Run `argv` in this terminal and return its exit code; a signal to us reaches it too."""
    try:
        process = subprocess.Popen(argv, env={**os.environ, **environment})
    except OSError as error:
        raise LocalError(f"Could not run {argv[0]}: {error.strerror}.") from None
    try:
        return process.wait()
    except KeyboardInterrupt:
        # From a terminal the command already got the same Ctrl-C; a second, polite signal does no harm.
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
        return 130


def without_dashes(arguments: list[str]) -> list[str]:
    return arguments[1:] if arguments[:1] == ["--"] else arguments


if __name__ == "__main__":
    sys.exit(main())
