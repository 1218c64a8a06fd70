"""Open edX's platform code in an environment of its own: ``python -m tests.counterparts.openedx.install`` sees to it.

It lies beside our packages in ``.venv``, not among them: AGPL code is run over HTTP and never imported.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")
ENVIRONMENT = Path(sys.prefix) / "openedx"
PYTHON = ENVIRONMENT / "bin" / "python"
INSTALLED = ENVIRONMENT / ".installed"
UV = Path(sys.prefix) / "bin" / "uv"


def find() -> Path:
    """Return the interpreter that can import Open edX's code, installing it where the lock has changed.

    Raises RuntimeError with what uv said.
    """
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    with Path(sys.prefix, ".openedx-turn").open("w", encoding="ascii") as turn:
        # Several workers of a test run may come at once: one installs, the others wait.
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (INSTALLED.exists() and INSTALLED.read_text(encoding="ascii") == wanted):
            sys.stderr.write("Installing Open edX's platform code for the tests (once, about half a minute)\n")
            INSTALLED.unlink(missing_ok=True)
            _uv("venv", "--allow-existing", "--python", sys.executable, str(ENVIRONMENT))
            _uv("pip", "sync", "--python", str(PYTHON), "--compile-bytecode", "--require-hashes", str(LOCK))
            INSTALLED.write_text(wanted, encoding="ascii")
    return PYTHON


def _uv(*arguments: str) -> None:
    home = os.environ.get("HOME", "")
    # A home that cannot be written to (nobody, a container) has no room for uv's cache.
    spare = {} if home and os.access(home, os.W_OK) else {"UV_NO_CACHE": "1"}
    done = subprocess.run(
        [str(UV), "--quiet", *arguments], env={**os.environ, **spare}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"uv {arguments[0]} failed, so Open edX's code is missing:\n{done.stderr}")


def main() -> int:
    """Make sure that it is there."""
    try:
        find()
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
