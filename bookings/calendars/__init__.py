"""Calendars elsewhere: read as busy time, given the calls, and a feed to subscribe to."""
