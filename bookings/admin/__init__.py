"""The coach's side: the calendar (hours, dates, blocked time, kinds of call) and the calls in it."""

from __future__ import annotations

from bookings.admin import calendar, calls, sources

__all__ = ["calendar", "calls", "sources"]
