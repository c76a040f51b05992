"""Impact calls: when they can be, who holds them, what the calendar is told."""
