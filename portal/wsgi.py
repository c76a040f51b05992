"""The web process. It alone keeps a connection pool: prefork workers would rebuild one for every task."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DATABASE_POOL", "true")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
