"""Django's PostgreSQL, in which no request waits for ever; settings name this package as the engine."""
