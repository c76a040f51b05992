"""What `gunicorn portal.wsgi` does here unless its command line says otherwise."""

worker_class = "portal.worker.Worker"
workers = 2
threads = 4
keepalive = 5  # seconds that a connection may be silent, between requests and in the midst of one
