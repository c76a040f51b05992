"""One-time sign-in links for the coach on this machine.

Only the hash of a token is kept, as the name of a file: taking the file away is what uses the link, so two
requests cannot both win.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from pathlib import Path

VALID_SECONDS = 24 * 3600


def mint(state: Path) -> str:
    folder = state / "sign-in"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink(missing_ok=True)
    token = secrets.token_urlsafe(32)
    _file(state, token).touch(mode=0o600)
    return token


def is_valid(state: Path, token: str) -> bool:
    try:
        made_at = _file(state, token).stat().st_mtime
    except OSError:
        return False
    return time.time() - made_at < VALID_SECONDS


def use(state: Path, token: str) -> bool:
    if not is_valid(state, token):
        return False
    try:
        _file(state, token).unlink()
    except FileNotFoundError:
        return False
    return True


def _file(state: Path, token: str) -> Path:
    return state / "sign-in" / hashlib.sha256(token.encode()).hexdigest()
