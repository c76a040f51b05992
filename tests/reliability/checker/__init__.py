"""Judges the folder that a chaos run left. Pure: no Django, no database, nothing of the portal."""
