"""NumPy and SciPy take fifty megabytes a process: web, worker and beat never load them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from django.conf import settings

LOADED = "import json, sys; print(json.dumps([name in sys.modules for name in ('numpy', 'scipy', 'django')]))"
EVERYTHING = """
import portal.wsgi, portal.worker, portal.celery
from django.urls import get_resolver
from django.contrib import admin
get_resolver().url_patterns; admin.site.urls
portal.celery.app.loader.import_default_modules()
import assessments.numbers.working_out, assessments.numbers.pages, assessments.numbers.tasks
assert "assessments.work_out_numbers" in portal.celery.app.tasks
"""


def loaded(code: str) -> list[bool]:
    """Whether a process that ran this has NumPy, SciPy and Django."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code + LOADED],
        cwd=settings.BASE_DIR,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def test_a_web_process_and_a_worker_have_all_their_code_and_neither_numpy_nor_scipy():
    assert loaded(EVERYTHING) == [False, False, True]


def test_the_calculator_has_both_and_no_django():
    assert loaded("import assessments.numbers.calculator\n") == [True, True, False]
