"""What stands in deploy/ and docs/install.md agrees with the code, and with itself."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import environ
import pytest
from celery.app.utils import find_app
from django.conf import settings
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from gunicorn.config import Config

from assessments.mirror.measured import PAGES_OF_MEMBERS
from portal.common.uploads import MOST_BYTES
from tests import pages
from tests.rehearsal import install_doc, steps

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
PROXIES = {
    "Caddyfile": re.compile(r"@secret path_regexp (\S+)\n\tskip_log @secret"),
    "nginx.conf": re.compile(r'map \$uri \$draagkracht_has_line \{\s+"~(\S+)" 0;'),
}
NAME = re.compile(r"^# ([A-Z_]+)=|^([A-Z_]+)=", re.MULTILINE)


def lines_of(unit: Path) -> list[tuple[str, str]]:
    lines = unit.read_text().splitlines()
    return [
        (key, value) for key, sign, value in (line.partition("=") for line in lines) if sign and key[0] != "#"
    ]


def value_of(unit: Path, key: str) -> str:
    return dict(lines_of(unit))[key]


def addresses(language: str) -> Iterator[tuple[str, str]]:
    """Name and address of every page in this language, with `x` for what differs."""
    with translation.override(language):
        yield from _below(get_resolver(), "/", "")


def _below(resolver: URLResolver, path: str, prefix: str) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        here = path + re.sub(r"<[^>]*>", "x", str(one.pattern))
        if isinstance(one, URLPattern):
            yield f"{prefix}{one.name}", here
        elif one.namespace not in {"admin", "local"}:
            yield from _below(one, here, f"{prefix}{one.namespace}:" if one.namespace else prefix)


# ---- the proxies ------------------------------------------------------------------------------------------
def test_both_proxies_keep_the_same_addresses_out_of_their_log() -> None:
    found = {name: shape.findall((DEPLOY / name).read_text()) for name, shape in PROXIES.items()}
    assert found["Caddyfile"] == found["nginx.conf"]
    assert len(found["Caddyfile"]) == 1


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_secret_link_and_no_page_of_a_member_leaves_a_line(proxy: str, language: str) -> None:
    (left_out,) = PROXIES[proxy].findall((DEPLOY / proxy).read_text())
    there = dict(addresses(language))
    secret = pages.TOKENS | set(PAGES_OF_MEMBERS)
    assert secret <= there.keys()
    # whatever takes a secret and is not looked at, such as the press on a page behind such a link, counts too
    with translation.override(language):
        takes_one = {name for name, route in routes(get_resolver(), "") if ":token>" in route}
    assert takes_one >= pages.TOKENS
    kept = [name for name in secret | takes_one if not re.search(left_out, there[name])]
    assert kept == []
    public = [name for name in pages.LISTED - set(PAGES_OF_MEMBERS) if re.search(left_out, there[name])]
    assert public == []


def routes(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield f"{prefix}{one.name}", str(one.pattern)
        elif one.namespace not in {"admin", "local"}:
            yield from routes(one, f"{prefix}{one.namespace}:" if one.namespace else prefix)


def test_both_proxies_take_the_largest_file_that_the_portal_takes_and_little_more() -> None:
    caddy = re.search(r"max_size (\d+)MB", (DEPLOY / "Caddyfile").read_text())
    nginx = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    assert caddy
    assert nginx
    for found in (caddy, nginx):
        assert MOST_BYTES < int(found[1]) * 1_000_000 <= MOST_BYTES * 1.2


def test_both_proxies_lead_to_the_two_addresses_that_the_page_starts() -> None:
    page = install_doc.DOCUMENT.read_text()
    started = set(re.findall(r"draagkracht-web@(\d+)", page))
    assert len(started) == 2
    for proxy in PROXIES:
        assert set(re.findall(r"127\.0\.0\.1:(\d+)", (DEPLOY / proxy).read_text())) == started


# ---- the units --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_something_that_exists(unit: Path) -> None:
    program, *arguments = shlex.split(value_of(unit, "ExecStart").replace("%i", "8001"))
    assert program.startswith("/opt/draagkracht/current/.venv/bin/")
    tool = Path(program).name
    assert (Path(sys.executable).parent / tool).exists()
    match tool:
        case "gunicorn":
            found = Config().parser().parse_args(arguments)
            assert found.args == ["portal.wsgi"]
        case "celery":
            assert arguments[0] == "-A"
            assert find_app(arguments[1]).main == "portal"
            assert arguments[2] in {"worker", "beat"}
        case _:
            assert arguments[0] == "manage.py"
            assert arguments[1] in get_commands()


def test_all_units_are_shut_in_alike() -> None:
    def walls(unit: Path) -> list[tuple[str, str]]:
        lines = lines_of(unit)
        begin = lines.index(("UMask", "0077"))
        return [(key, value) for key, value in lines[begin:] if key not in {"ReadWritePaths", "WantedBy"}]

    assert len({tuple(walls(unit)) for unit in UNITS}) == 1
    assert len(walls(UNITS[0])) > 20


def test_what_is_in_hand_ends_before_it_is_cut_off() -> None:
    web, worker = DEPLOY / "draagkracht-web@.service", DEPLOY / "draagkracht-worker.service"
    graceful = re.search(r"--graceful-timeout (\d+)", value_of(web, "ExecStart"))
    sql = re.search(r"statement_timeout=(\d+)s", settings.DATABASES["default"]["OPTIONS"]["options"])
    assert graceful
    assert sql
    assert int(sql[1]) < int(graceful[1]) < int(value_of(web, "TimeoutStopSec"))
    assert int(value_of(worker, "TimeoutStopSec")) > settings.CELERY_TASK_TIME_LIMIT


def test_systemd_keeps_the_port_that_web_is_bound_to() -> None:
    socket, web = DEPLOY / "draagkracht-web@.socket", DEPLOY / "draagkracht-web@.service"
    assert f"--bind {value_of(socket, 'ListenStream')} " in value_of(web, "ExecStart")
    assert value_of(web, "Requires") == "draagkracht-web@%i.socket"


def test_every_timer_has_its_unit() -> None:
    timers = {path.stem for path in DEPLOY.glob("*.timer")}
    assert timers == {unit.stem for unit in UNITS if value_of(unit, "Type") == "oneshot"}


def test_the_procfile_runs_what_the_units_run() -> None:
    lines = dict(
        line.split(": ", 1) for line in (DEPLOY / "Procfile").read_text().splitlines() if line[0] != "#"
    )
    for name, unit in (("web", "web@"), ("worker", "worker"), ("beat", "beat")):
        command = value_of(DEPLOY / f"draagkracht-{unit}.service", "ExecStart")
        command = command.replace("/opt/draagkracht/current/.venv/bin/", "").replace("%i", "$PORT")
        assert lines[name] == command.replace("/var/lib/draagkracht/", "var/")
    assert lines["release"] == "python manage.py setup"


# ---- the settings -----------------------------------------------------------------------------------------
def test_every_variable_of_the_settings_is_one_that_the_portal_reads() -> None:
    known = {one or other for one, other in NAME.findall((ROOT / ".env.example").read_text())}
    ours = {one or other for one, other in NAME.findall((DEPLOY / "env").read_text())}
    assert ours - known == set()


def test_systemd_and_manage_py_read_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environ.Env, "ENVIRON", {})
    environ.Env.read_env(DEPLOY / "env")
    lines = [line for line in (DEPLOY / "env").read_text().splitlines() if line and line[0] != "#"]
    for line in lines:
        name, _, value = line.partition("=")
        assert not re.search(r"""^["']|\\|\s#|^\s|\s$""", value), (
            line
        )  # what systemd reads otherwise, or keeps
        assert environ.Env.ENVIRON[name] == value
    assert len(lines) == len(environ.Env.ENVIRON)


# ---- the page ---------------------------------------------------------------------------------------------
def test_every_block_of_the_page_is_run_or_says_that_it_is_not() -> None:
    fences = re.findall(r"^```(\S.*)$", install_doc.DOCUMENT.read_text(), re.MULTILINE)
    assert set(fences) == {"sh", "sh by-hand"}
    found = install_doc.read()
    assert len(found) == len(fences)
    for block in found:
        assert block.by_hand == (install_doc.NOT_REHEARSED in block.introduced), block
    by_hand = {block.section.partition(".")[0] for block in found if block.by_hand}
    assert by_hand == set(steps.BY_HAND)


def test_every_file_is_put_somewhere_by_the_page() -> None:
    named = re.findall(r"\bdeploy/([\w.*@-]+)", install_doc.DOCUMENT.read_text())
    files = [path.name for path in DEPLOY.iterdir() if path.name != "Procfile"]
    assert [name for name in files if not any(fnmatch(name, one) for one in named)] == []
    assert [one for one in named if one and not any(fnmatch(name, one) for name in files)] == []


def test_the_page_publishes_the_exposure_that_the_rehearsal_measures() -> None:
    assert f"*{steps.EXPOSURE}, OK*" in install_doc.DOCUMENT.read_text()
