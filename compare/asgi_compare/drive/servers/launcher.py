"""The small process between us and a server, which takes the server down with us.

We may be killed at any moment, with no chance to tidy up. So every server is the child
of a launcher, and the launcher holds one end of a socket whose other end only we hold:
the lifeline. However we end, the system closes our end, and the launcher reads the end
of the stream. The launcher leads a process group that the server and its workers belong
to, and its last act, whatever the reason, is to kill this whole group, itself included.

    lifeline, from us:  `t` asks the server to stop (SIGTERM); end of stream kills it
    lifeline, to us:    the server's exit code, or minus the signal that killed it

Linux could do the first half alone: `PR_SET_PDEATHSIG` sends a signal to a child when
its parent dies. But it means the *thread* that forked, and we start servers from
threads that end long before the server should. It is right for the launcher, which
forks from its only thread, and so it guards the one case that is left: that somebody
kills the launcher.

This is run as a script by a bare interpreter, for speed: it imports nothing of ours.
"""

import contextlib
import os
import select
import signal
import sys
import threading

LIFELINE = 0
"""The descriptor of the socket: our standard input."""
PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>."""
POLL_INTERVAL = 1.0
"""Seconds between two looks at who our parent is."""


def main(parent: int, command: list[str]) -> None:
    """Run `command` until it ends, or is told to end, or `parent` is no more."""
    launcher = os.getpid()
    server = os.fork()
    if server == 0:
        try:
            become(command, launcher)
        except OSError as error:
            os.write(2, f"{error}\n".encode())
        finally:
            os._exit(127)  # only reached if there was nothing to become
    threading.Thread(target=watch, args=(parent, server), daemon=True).start()
    _, status = os.waitpid(server, 0)
    tell(os.waitstatus_to_exitcode(status))
    end()


def become(command: list[str], launcher: int) -> None:
    """Turn this process into the server."""
    if sys.platform == "linux":
        import ctypes  # slow to import, so only in the child, beside the launcher

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != launcher:  # it died before we asked to be told
            return
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # which Python ignores
    os.execv(command[0], command)


def watch(parent: int, server: int) -> None:
    """Obey the lifeline until it ends."""
    while True:
        readable, _, _ = select.select([LIFELINE], [], [], POLL_INTERVAL)
        # A copy that our parent forked would hold the lifeline open after its death.
        if os.getppid() != parent:
            end()
        if readable and not obey(server):
            end()


def obey(server: int) -> bool:
    """Do what the lifeline asks; False at its end."""
    try:
        asked = os.read(LIFELINE, 1)
    except OSError:
        return False
    if asked:
        os.kill(server, signal.SIGTERM)
    return bool(asked)


def tell(code: int) -> None:
    """Send the exit code to whoever is still there to hear it."""
    with contextlib.suppress(OSError):
        os.write(LIFELINE, b"%d\n" % code)


def end() -> None:
    """Kill the group, and so ourselves."""
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
