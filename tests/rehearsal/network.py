"""A network of the rehearsal's own: loopback and nothing else, with all of its ports free."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

CLONE_NEWNET = 0x40000000


def leave(home: Path, site: str) -> None:
    """From here on this program and all that it starts reach nobody, and nobody reaches them. `site` leads here."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "This machine gives nobody a network of their own")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    hosts = home / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {site}\n")
    for place in (Path("/etc/hosts"), home / "system" / "etc" / "hosts"):
        subprocess.run(["mount", "--bind", str(hosts), str(place)], check=True)
