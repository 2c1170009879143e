"""The small process between us and a server, which takes the server down with us.

We may be killed at any moment, with no chance to tidy up. So every server is the child
of a launcher, and the launcher holds one end of a socket whose other end only we hold:
the lifeline. However we end, the system closes our end, and the launcher reads the end
of the stream. The launcher leads a process group that the server and its workers belong
to, and its last act, whatever the reason, is to kill this whole group, itself included.

A process may leave the group, by a session of its own. On Linux it stays a descendant
of the launcher all the same: the launcher is a *subreaper*, which means that it becomes
the parent of any descendant whose own parent has died. Before its last act it kills all
of its descendants. Only the resource trackers of `multiprocessing` get a moment to end
by themselves: they remove the semaphores that the others have left in shared memory.

    lifeline, from us:  `t` asks the server to stop (SIGTERM), and so does `i` (SIGINT);
                        end of stream kills it
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
import time

LIFELINE = 0
"""The descriptor of the socket: our standard input."""
SIGNALS = {b"t": signal.SIGTERM, b"i": signal.SIGINT}
"""What is sent to the server, by the byte that asks for it."""
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
"""From <linux/prctl.h>."""
SWEEPS = 50
"""How often the descendants are looked for; each finds what the one before set free."""
TRACKERS = 1.0
"""Seconds that resource trackers have."""
TICK = 0.01

ending = threading.Event()
"""Set once all is to be killed: how the server ends is no news from then on."""
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
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    ended, status = os.waitpid(-1, 0)
    while ended != server:  # a descendant that was left to us
        ended, status = os.waitpid(-1, 0)
    if not ending.is_set():
        tell(os.waitstatus_to_exitcode(status))
    end()


def prctl(option: int, value: int) -> None:
    """Ask the system for what only Linux has."""
    if sys.platform == "linux":
        import ctypes  # slow to import, so only when the server is on its way

        ctypes.CDLL(None).prctl(option, value)


def become(command: list[str], launcher: int) -> None:
    """Turn this process into the server."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != launcher:  # it died before we asked to be told
        return
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for each in (signal.SIGPIPE, signal.SIGINT):  # which Python, or a shell, ignores
        signal.signal(each, signal.SIG_DFL)
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
        os.kill(server, SIGNALS[asked])
    return bool(asked)


def tell(code: int) -> None:
    """Send the exit code to whoever is still there to hear it."""
    with contextlib.suppress(OSError):
        os.write(LIFELINE, b"%d\n" % code)


def end() -> None:
    """Kill all descendants, then the group, and so ourselves."""
    ending.set()
    with contextlib.suppress(OSError):
        sweep()
    os.killpg(0, signal.SIGKILL)


def sweep() -> None:
    """Kill what descends from us, and let the resource trackers end."""
    for _ in range(SWEEPS):
        found = [pid for pid in descendants(os.getpid()) if not is_tracker(pid)]
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if not found:
            break
        time.sleep(TICK)
    until = time.monotonic() + TRACKERS
    while descendants(os.getpid()) and time.monotonic() < until:
        time.sleep(TICK)


def descendants(ancestor: int) -> list[int]:
    """Return the living children of a process, and theirs; none without /proc."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                # `pid (name) state parent ...`; a name may hold anything.
                state, parent = file.read().rpartition(b")")[2].split()[:2]
                if state not in b"ZX":
                    children.setdefault(int(parent), []).append(int(name))
    found = children.get(ancestor, [])
    for pid in found:  # it grows while we go through it
        found += children.get(pid, [])
    return found


def is_tracker(pid: int) -> bool:
    """Whether a process is a resource tracker of `multiprocessing`."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
        return b"multiprocessing.resource_tracker" in file.read()
    return False


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
