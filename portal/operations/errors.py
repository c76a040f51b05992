from __future__ import annotations


class OperationError(Exception):
    """What an operator can mend. The text is a sentence or two that say how; no traceback is shown."""
