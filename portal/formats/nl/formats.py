"""How the admin's lists write a moment: as `portal.common.times.short_moment` does."""

DATETIME_FORMAT = "D j b Y, H:i"
