"""What the tests of mail share."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connections

from portal.mail.models import OutboundEmail


def reloaded(mail: OutboundEmail) -> OutboundEmail:
    return OutboundEmail.objects.get(pk=mail.pk)


def in_another_thread(func: Any) -> None:
    in_threads(1, func)


def in_threads(count: int, func: Any) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            func()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []
