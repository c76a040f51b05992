"""The one way a file comes in: to a temporary file, and never more than MOST_BYTES of it."""

from __future__ import annotations

from django.core.files.uploadhandler import TemporaryFileUploadHandler

MOST_BYTES = 10 * 1024 * 1024  # a photo as a phone makes it


class BoundedUpload(TemporaryFileUploadHandler):
    """Whoever reads the file finds its whole size, and so that it is too large; the rest was never kept."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < MOST_BYTES:
            super().receive_data_chunk(raw_data, start)
