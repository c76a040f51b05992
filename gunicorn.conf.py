"""What `gunicorn portal.wsgi` does here unless its command line says otherwise."""

import gc

worker_class = "portal.worker.Worker"
workers = 2
threads = 4
preload_app = True  # loaded once and shared; new code takes a restart, for HUP forks from what was loaded


def when_ready(_server: object) -> None:
    """Set what is loaded aside from garbage collection, which would write into it and so end the sharing."""
    gc.collect()
    gc.freeze()
