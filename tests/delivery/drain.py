"""One process that drains an outbox: started by a test, beside another one."""

import os
import sys

from course.app import create_app
from course.delivery import drain
from course.settings import Settings

settings = Settings.from_environ(os.environ)
app = create_app(settings)
sys.stdout.write("ready\n")
sys.stdout.flush()
sys.stdin.readline()
sys.stdout.write(f"{drain(app, settings)}\n")
