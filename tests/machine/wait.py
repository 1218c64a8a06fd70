"""Waiting for something outside this process, with an end to the patience."""

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], *, what: str, seconds: float = 60) -> None:
    """Return as soon as the condition holds.

    Raises TimeoutError, naming what was waited for, when it does not come true in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {seconds:.0f} s in vain: {what}.")
        time.sleep(0.02)
