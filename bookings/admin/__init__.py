"""The coach's side: the calendar (hours, dates, blocked time, kinds of call) and the calls in it."""

from __future__ import annotations

from bookings.admin.calls import call_list, waitlist
from bookings.admin.connected import sources
from bookings.admin.hours import call_types, dates, hosts
from bookings.admin.week import blocks

__all__ = ["blocks", "call_list", "call_types", "dates", "hosts", "sources", "waitlist"]
