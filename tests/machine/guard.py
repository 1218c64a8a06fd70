"""The guard of a PostgreSQL cluster: when nobody uses it any more, however they ended, it stops it and tidies up.

Started as ``python -I guard.py FOLDER UID PG_CTL``; it goes to the background by itself. Whoever uses the cluster
holds a shared lock on ``FOLDER/users``. The kernel drops such a lock when its holder dies, by SIGKILL too, so the
exclusive lock that this process waits for comes exactly when the last user is gone.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path


def main(folder: Path, uid: int, pg_ctl: str) -> None:
    if os.fork():
        return
    os.setsid()
    with (folder / "users").open("rb+") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        stop = [pg_ctl, "-D", str(folder / "data"), "-m", "immediate", "-s", "stop"]
        user, groups = (uid, ()) if os.geteuid() == 0 else (None, None)
        subprocess.run(stop, cwd="/", check=False, user=user, group=user, extra_groups=groups)
        # Renamed first: whoever comes now finds either the whole folder or none.
        gone = folder.rename(f"{folder}.gone")
        shutil.rmtree(gone)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
