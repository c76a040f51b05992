"""The local machine: PostgreSQL, Redis, a mail sink and the supervisor behind `make up` and `make test`.

Nothing imports this package; it is a Django app only in local mode.
"""
