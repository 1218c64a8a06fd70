"""How the command line is loaded."""

import subprocess
import sys

SCRIPT = """
import gc, sys
from course.__main__ import main
sys.argv = ["course", "--version"]
try:
    main()
finally:
    print(gc.isenabled(), gc.get_freeze_count() > 0)
"""


def test_the_collector_works_again_once_the_program_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["True True"]
