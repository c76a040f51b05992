#!/usr/bin/env python
"""Django's command line for Draagkracht."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from portal.logs import say_uncaught

if __name__ == "__main__":
    sys.excepthook = say_uncaught
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    execute_from_command_line(sys.argv)
