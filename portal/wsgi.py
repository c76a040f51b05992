"""The web process."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils import translation

application = get_wsgi_application()

# All pages and catalogues are loaded here: no first visitor waits for them, and forked workers share them.
for language, _name in settings.LANGUAGES:
    with translation.override(language):
        _addresses = get_resolver().reverse_dict

# What its own files are called: the next version may lay its list in the same folder while this one still serves.
_names = staticfiles_storage.hashed_files  # type: ignore[attr-defined]  # of the storage in settings
