"""The web process."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils import translation

application = get_wsgi_application()

# All pages and catalogues are loaded here: no first visitor waits for them, and forked workers share them.
for language, _name in settings.LANGUAGES:
    with translation.override(language):
        _addresses = get_resolver().reverse_dict
