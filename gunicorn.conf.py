"""What `gunicorn portal.wsgi` does here unless its command line says otherwise."""

worker_class = "portal.worker.Worker"
workers = 2
threads = 4
