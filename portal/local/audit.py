"""`make audit`, a step of a release: whether a weakness is known of anything that the lock files pin
for this machine and this Python.

Where the advisories cannot be read it says so and fails: what was not checked is not clean. The tool asks
PyPI, or whom its own variables name: PIP_AUDIT_VULNERABILITY_SERVICE=osv where the index is a mirror without.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from portal.local.places import ROOT, say

TOOL = "pip-audit==2.10.1"  # in an environment of its own: it is no part of the portal
LOCKS = ("requirements.txt", "requirements-dev.txt")
CLEAN, WEAK, NOT_CHECKED = 0, 1, 2


def audit(home: Path) -> int:
    """Check every lock file; the tool is kept in `home`. Returns CLEAN, WEAK or NOT_CHECKED."""
    program = home / "bin" / "pip-audit"
    if not program.exists() and (trouble := install(home)):
        say(f"Not checked: {TOOL} could not be installed ({trouble}).")
        return NOT_CHECKED
    return max(judge(name, *run(program, ROOT / name)) for name in LOCKS)


def install(home: Path) -> str:
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--retries=0", "--timeout=10"]
    for argv in ([sys.executable, "-m", "venv", str(home)], [*pip, TOOL]):
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return ""


def run(program: Path, lock: Path) -> tuple[str, str]:
    argv = [str(program), "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    argv += ["--format=json", "--progress-spinner=off", "--timeout=15"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def judge(name: str, report: str, complaints: str) -> int:
    try:
        found = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (complaints.strip().splitlines() or ["no report was written"])[-1]
        say(f"{name}: not checked: the advisories could not be read ({reason[:300]}).")
        return NOT_CHECKED
    skipped = [f"{one['name']} ({one['skip_reason']})" for one in found if "skip_reason" in one]
    weak = [one for one in found if one.get("vulns")]
    for one in weak:
        for weakness in one["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "no version yet"
            say(f"{name}: {one['name']} {one['version']}: {weakness['id']}, mended in {mended}.")
    if skipped:
        say(f"{name}: not checked: {len(skipped)} of {len(found)} packages, first {skipped[0]}.")
    elif not found:
        say(f"{name}: not checked: nothing was found in it.")
    elif not weak:
        say(f"{name}: nothing known about any of {len(found)} packages.")
        return CLEAN
    return WEAK if weak else NOT_CHECKED
