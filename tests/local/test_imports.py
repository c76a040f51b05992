"""What breaks an import contract is a line that begins with the file and says what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from portal.local.places import ROOT

pytestmark = pytest.mark.local

CONTRACTS = """
[tool.importlinter]
root_packages = ["house"]
include_external_packages = true

[[tool.importlinter.contracts]]
name = "house"
type = "layers"
containers = ["house"]
exhaustive = true
layers = ["roof", "room", "cellar | shed"]

[[tool.importlinter.contracts]]
name = "No circles"
type = "acyclic_siblings"
ancestors = ["house"]

[[tool.importlinter.contracts]]
name = "The cellar reaches no network"
type = "forbidden"
source_modules = ["house.cellar"]
forbidden_modules = ["socket"]
"""
SOUND = {
    "__init__": "",
    "roof": "from house import room",
    "room/__init__": "",
    "room/chair": "from house import cellar",
    "room/table": "from house.room import chair",
    "cellar": "",
    "shed": "",
}


def told(folder: Path, files: dict[str, str], contracts: str = CONTRACTS) -> tuple[int, list[str]]:
    for name, code in files.items():
        path = folder / "house" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
    (folder / "pyproject.toml").write_text(contracts)
    argv = [sys.executable, str(ROOT / "portal/local/imports.py")]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.split("\n")[1:-1] or done.stderr.splitlines()


def test_nothing_is_said_of_a_sound_house(tmp_path: Path) -> None:
    assert told(tmp_path, SOUND) == (0, [])


def test_each_wrong_import_is_a_line_and_what_follows_from_it_is_none(tmp_path: Path) -> None:
    spoilt = {"cellar": "import socket", "shed": "from house.room import chair", "attic": ""}
    assert told(tmp_path, SOUND | spoilt) == (
        1,
        [
            "house/attic.py: is in no layer. Name it in the contract ‘house’ of pyproject.toml, on a line"
            " below all that may import it.",
            "house/shed.py:1: imports house.room.chair, which is above or beside it in ‘house’. Move what"
            " it needs below both, or let the upper one register it.",
            "house/cellar.py:1: imports socket, and: The cellar reaches no network.",
        ],
    )


def test_a_circle_inside_a_room_is_a_line(tmp_path: Path) -> None:
    code, (line,) = told(tmp_path, SOUND | {"room/chair": "from house.room import table"})
    assert code == 1
    assert line.endswith("which imports it in turn. Move what both need into a module below them.")
    assert line.split(",")[0] in (
        "house/room/table.py: imports house.room.chair",
        "house/room/chair.py: imports house.room.table",
    )


def test_a_name_that_is_gone_is_said(tmp_path: Path) -> None:
    assert told(tmp_path, SOUND, CONTRACTS.replace("cellar | shed", "vault | shed")) == (
        1,
        [
            "pyproject.toml: Missing layer in container 'house': module house.vault does not exist. Take the"
            " name out of its contract, or write the new one."
        ],
    )
