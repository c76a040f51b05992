"""docs/install.md, followed: what is run as it stands, and what is done by hand in its place."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.local.places import ROOT
from tests.rehearsal.install_doc import Block, read
from tests.rehearsal.system import RehearsalError, Shell, System, environment

SITE = "praktijk.example"  # no such name is ever given to anybody (RFC 2606)
VERSION = "rehearsed"
BUNDLE = "root/draagkracht.bundle"
ENVIRONMENT = "etc/draagkracht/env"
PRACTICE = {
    "DEFAULT_FROM_EMAIL": f"Praktijk De Proef <agenda@{SITE}>",
    "BOUNCE_MAILBOX": f"imaps://agenda:password@imap.{SITE}:993/INBOX",
    "COACH_NAME": "Noor Bakker",
    "COACH_EMAIL": f"noor@{SITE}",
    "PRACTICE_NAME": "Praktijk De Proef",
    "PRACTICE_EMAIL": f"noor@{SITE}",
    "PRACTICE_PHONE": "+31 20 794 0000",
    "PRACTICE_ADDRESS": "Dorpsstraat 1, 1234 AB Ons Dorp",
    "PRACTICE_KVK": "12345678",
    "PRACTICE_VAT_ID": "",
}


def bundle(system: System) -> bool:
    """Put the code where the page is told that it lies: what is committed, with its history. Is that all?"""
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    made = subprocess.run(
        [*git, "bundle", "create", "--quiet", str(system.root / BUNDLE), "HEAD"],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise RehearsalError(f"The code could not be taken from this checkout: {made.stderr.strip()}")
    changed = [*git, "status", "--porcelain"]
    return not subprocess.run(changed, env=environment(), capture_output=True, check=False).stdout


def own_values(shell: Shell) -> None:
    shell.type(f"export SITE={SITE}\nexport SOURCE=/{BUNDLE}\nexport VERSION={VERSION}")


def fill_in(system: System, mail_port: int) -> None:
    """What somebody types into the settings: the mail server, here a sink, and who the practice is."""
    path = system.root / ENVIRONMENT
    values = PRACTICE | {"EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
    lines = path.read_text(encoding="utf-8").splitlines()
    filled = [
        f"{name}={values[name]}" if (name := line.partition("=")[0]) in values else line for line in lines
    ]
    path.write_text("\n".join(filled) + "\n", encoding="utf-8")


def take_usual_port(system: System) -> None:
    """It was installed while this machine's own network was there, where another PostgreSQL may have it."""
    path = system.root / "etc/postgresql/15/main/postgresql.conf"
    path.write_text(re.sub(r"^port = \d+", "port = 5432", path.read_text(), flags=re.MULTILINE))


@dataclass
class Page:
    """The page and the shell in which it is followed, section by section."""

    shell: Shell
    by_hand: dict[
        str, Callable[[], None]
    ]  # by the number of the section: what is done in the place of its block

    def __post_init__(self) -> None:
        self.left: list[Block] = read()

    def follow(self, until: str) -> None:
        """Everything up to the section with this number, which is left for later."""
        while self.left and self.left[0].section.partition(".")[0] != until:
            block = self.left.pop(0)
            if block.by_hand:
                self.by_hand[block.section.partition(".")[0]]()
            else:
                self.shell.type(block.text)


def stand_in(system: System) -> None:
    """`systemctl` of this rehearsal, before systemd's own on the path."""
    source = Path(__file__).with_name("systemctl.py")
    system.write("usr/local/sbin/systemctl", source.read_text(encoding="utf-8"), 0o755)
