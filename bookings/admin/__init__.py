"""The coach's side: the calendar (hours, dates, blocked time, kinds of call) and the calls in it."""

from __future__ import annotations

from bookings.admin import blocks, call_types, calls, dates, hosts, offers, sources

__all__ = ["blocks", "call_types", "calls", "dates", "hosts", "offers", "sources"]
