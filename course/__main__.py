"""``course``, and ``python -m course``: the collector looks away while the program is loaded."""

import gc
from importlib import import_module


def main() -> None:
    """Load the command line and run it."""
    # Nothing of what is loaded is garbage: looking through it again and again is a third of a start.
    gc.disable()
    commands = import_module("course.cli.main")
    gc.freeze()
    gc.enable()
    commands.main()


if __name__ == "__main__":
    main()
