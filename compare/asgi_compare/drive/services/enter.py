"""Go into the directory of a service, and turn into the service.

    enter.py DIRECTORY USER COMMAND...

By this directory the keeper knows who belongs to the service. USER is who to become
first, or nothing: PostgreSQL refuses to run as root.

This is run as a script by a bare interpreter, for speed: it imports nothing of ours.
"""

import os
import sys


def main(directory: str, user: str, command: list[str]) -> None:
    """Turn this process into `command`."""
    os.chdir(directory)
    if user:
        become(user)
    os.execv(command[0], command)


def become(user: str) -> None:
    """Give up being root."""
    import ctypes  # slow to import, and only needed here
    import pwd
    import signal

    launcher = os.getppid()
    row = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(row.pw_gid)
    os.setuid(row.pw_uid)
    # The launcher had asked that we die with it; a change of user forgets that.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != launcher:  # it died before we asked again
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
