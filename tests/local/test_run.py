"""`python -m portal.local run`: one command with real services around it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import redis as redis_client

from portal.local.machine import open_state, stop_orphans
from portal.local.places import ROOT, free_port
from portal.local.redis import Redis

pytestmark = pytest.mark.local

ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "SECRET_KEY", "LOCAL_MODE", "POSTGRES_LOG")


def environment_of_a_run(**environment: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if name not in OURS}
    shown = subprocess.run(
        [sys.executable, "-m", "portal.local", "run", "--", sys.executable, "-c", ENVIRONMENT],
        env={**bare, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return dict(json.loads(shown.stdout))


def test_run_sets_every_variable_and_leaves_nothing_behind() -> None:
    seen = environment_of_a_run()
    assert set(OURS) <= set(seen)
    assert seen["LOCAL_MODE"] == "true"
    assert not Path(seen["LOCAL_STATE_DIR"]).exists()


def test_what_the_operator_set_wins_and_is_not_started() -> None:
    own = {
        "DATABASE_URL": "postgres://me@db.example.org/mine",
        "REDIS_URL": "redis://redis.example.org/3",
        "EMAIL_URL": "smtp://mail.example.org:25",
        "SITE_URL": "http://localhost:9999",
        "SECRET_KEY": "mine",
    }
    seen = environment_of_a_run(**own)
    assert {name: seen[name] for name in own} == own


def test_run_returns_the_exit_code_of_its_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal.local", "run", "--", "sh", "-c", "exit 7"],
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert done.returncode == 7


def test_the_local_redis_refuses_strangers_and_never_evicts(tmp_path: Path) -> None:
    state = open_state(tmp_path)
    redis = Redis(state, port=free_port())
    redis.start()
    try:
        with redis_client.Redis.from_url(redis.url) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        with socket.create_connection(("127.0.0.1", redis.port), timeout=5) as stranger:
            stranger.sendall(b"PING\r\n")
            assert stranger.recv(100).startswith(b"-NOAUTH")
    finally:
        redis.stop()
        stop_orphans(state)
    assert (redis.config.stat().st_mode & 0o777) == 0o600
