"""How the admin's lists write a moment: as `portal.common.times.short_moment` does; and how a typed date is read."""

DATETIME_FORMAT = "D j M Y, H:i"
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]  # the day first, as our sentences say: 26-11-2026
