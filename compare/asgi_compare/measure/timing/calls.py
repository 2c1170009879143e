"""Count what one request does, by listening to the interpreter.

`sys.setprofile` has a function called whenever a Python function is. Nothing of the
application is wrapped or replaced, so nothing of it behaves otherwise, but slowly: what
is counted is not timed. A hop is a call of asgiref's `SyncToAsync.__call__`, a thread
one of `Thread.start`, and so on: `COUNTED` is the table.

From the calls comes a tree. Who called whom is plain within a thread. Three seams have
to be sewn:

    a coroutine that waits comes back later, from the event loop   its frame is known
    a task begins on the event loop                                by its coroutine
    a thread begins, or is handed a function by asgiref            by its object

Comprehensions and generator expressions are no calls here: newer versions of Python
have the first of them in line, and the counts should not depend on that.

Two things could hide work from us. Threads that are there already are given the
function as well (`pools.py`). And an application may set a profile function of its
own, in the place of ours: then the counts are marked as cut short.

This module knows the names of a few functions in asgiref, asyncio and Django, and does
not import them.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from types import FrameType, TracebackType
from typing import Any, Self

from asgi_compare.drive.in_process.answers import Headers
from asgi_compare.measure.timing import pools
from asgi_compare.measure.timing.figures import Call, Counts
from asgi_compare.measure.timing.groups import LOOP, group_of
from asgi_compare.measure.timing.smallest_server import Answer

HOP = ("asgiref.sync", "SyncToAsync.__call__")
HOP_BACK = ("asgiref.sync", "AsyncToSync.__call__")
HANDED_OVER = ("asgiref.sync", "SyncToAsync.thread_handler")
THREAD = ("threading", "Thread.start")
THREAD_RUNS = ("threading", "Thread.run")
TASK = ("asyncio.base_events", "BaseEventLoop.create_task")
QUERY = ("django.db.backends.utils", "CursorWrapper.execute")
QUERIES = ("django.db.backends.utils", "CursorWrapper.executemany")

Function = tuple[str, str]

COUNTED: dict[str, tuple[Function, ...]] = {
    "hops": (HOP,),
    "hops_back": (HOP_BACK,),
    "threads": (THREAD,),
    "tasks": (TASK,),
    "queries": (QUERY, QUERIES),
}
"""What is counted, and of which functions it is a call; as `module`, qualified name."""

LINKS: dict[Function, str] = {HOP: "self", THREAD: "self"}
"""Functions that hand work to a thread, and the argument by which it is known there."""
LINKED: dict[Function, str] = {HANDED_OVER: "self", THREAD_RUNS: "self"}
"""Functions that begin the work over there."""

PROFILERS = "_lsprof"
"""The module of C functions behind `cProfile`. From Python 3.12 on, they do not get in
the way of a profile function."""

CALLS = ("__call__", "__acall__")
NOT_A_CALL = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
FRAMING_PER_FIELD = len(b": \r\n")


class Watch:
    """One request under observation: everything within its `with` block."""

    def __init__(self) -> None:
        self.root = Call("request", "", "server", 0)
        self.loose = Call("event loop", "", LOOP, 0)
        """What the event loop does on its own account."""
        self.functions: Counter[Function] = Counter()
        self.sql: Counter[str] = Counter()
        self.cut_short = False
        self._nodes: dict[FrameType, Call] = {}
        self._starts: dict[FrameType, Call] = {}
        self._links: dict[tuple[Function, int], Call] = {}
        self._threads: dict[int, int] = {threading.get_ident(): 0}
        self._active = False

    def __enter__(self) -> Self:
        """Listen from here on, in this thread and all that are started."""
        # The frames that are running already: what they call is the request, but for
        # the event loop, which does much else.
        frame: FrameType | None = sys._getframe()
        while frame is not None:
            is_loop = group_of(module_of(frame)) == LOOP
            self._nodes[frame] = self.loose if is_loop else self.root
            frame = frame.f_back
        pools.listen(self._heard)
        sys.setprofile(self._heard)
        self._active = True  # last, for this call may be heard: from Python 3.12 on
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more, and let go of the frames, and so of all that is in them."""
        self._active = False
        self.cut_short |= sys.getprofile() != self._heard
        sys.setprofile(None)
        pools.listen(None)
        self._nodes.clear()
        self._starts.clear()
        self._links.clear()

    def counts(self, answer: Answer) -> Counts:
        """Return what was counted."""
        found = {
            what: sum(self.functions[name] for name in names)
            for what, names in COUNTED.items()
        }
        groups: Counter[str] = Counter()
        for (module, _), calls in self.functions.items():
            groups[group_of(module)] += calls
        groups.pop("server", None)  # that is us
        return Counts(
            status=answer.status,
            events=answer.events,
            header_bytes=size_of(answer.headers),
            body_bytes=answer.body_bytes,
            calls=groups.total(),
            functions=dict(groups.most_common()),
            sql=dict(self.sql),
            cut_short=self.cut_short,
            **found,
        )

    def tree(self) -> Call:
        """Return the tree of calls, each with how many there are in and below it."""
        if self.loose.inner:
            self.root.inner.append(self.loose)
            self.loose = Call("event loop", "", LOOP, 0)
        add_up(self.root)
        return self.root

    # What is called from a profile function is hidden from every instrument, that of
    # the coverage too.
    def _heard(  # pragma: no cover
        self, frame: FrameType, event: str, called: Any
    ) -> None:
        if event == "c_call" and self._active and switches_off(called):
            self.cut_short = True
        if event != "call" or not self._active or frame in self._nodes:
            return  # a frame that we know comes back after having waited
        function = (module_of(frame), frame.f_code.co_qualname)
        parent = self._parent(frame, function)
        if frame.f_code.co_name in NOT_A_CALL:
            self._nodes[frame] = parent  # what it calls, its caller calls
            return
        thread = self._threads.setdefault(threading.get_ident(), len(self._threads))
        node = Call(name_of(frame), function[0], group_of(function[0]), thread)
        self._nodes[frame] = node
        self.functions[function] += 1
        parent.inner.append(node)
        if function in (QUERY, QUERIES):
            self.sql[str(frame.f_locals["sql"])] += 1
        if function in LINKS:
            self._links[function, id(frame.f_locals[LINKS[function]])] = node
        elif function == TASK:
            coroutine = frame.f_locals["coro"]
            if (begins := getattr(coroutine, "cr_frame", None)) is not None:
                self._starts[begins] = parent
            # Its methods may be of C; then the frame is all there is to know it by.

    def _parent(  # pragma: no cover
        self, frame: FrameType, function: Function
    ) -> Call:
        if frame in self._starts:
            return self._starts[frame]
        if function in LINKED:
            it = id(frame.f_locals[LINKED[function]])
            for link in LINKS:
                if (node := self._links.get((link, it))) is not None:
                    return node
        back = frame.f_back
        while back is not None:
            if back in self._nodes:
                return self._nodes[back]
            back = back.f_back
        return self.loose


def switches_off(called: Any) -> bool:  # pragma: no cover  see `_heard`
    """Return whether a C function puts a profile function in the place of ours."""
    if called is sys.setprofile:
        return True
    owner = type(getattr(called, "__self__", None))
    return (
        sys.version_info < (3, 12)
        and getattr(called, "__name__", "") == "enable"
        and any(each.__module__ == PROFILERS for each in owner.__mro__)
    )


def module_of(frame: FrameType) -> str:
    """Return the name of the module that a function is of."""
    return str(frame.f_globals.get("__name__", ""))


def name_of(frame: FrameType) -> str:  # pragma: no cover
    """Return a function's qualified name; that of `__call__`, by its object's class.

    All of Django's middleware share one `__call__`, and one wants to know whose it is.
    """
    code = frame.f_code
    if code.co_name in CALLS and code.co_varnames[:1] == ("self",):
        return f"{type(frame.f_locals['self']).__qualname__}.{code.co_name}"
    return code.co_qualname


def add_up(call: Call) -> int:
    """Work out how many calls there are in and below one."""
    call.calls = 1 + sum(add_up(inner) for inner in call.inner)
    return call.calls


def size_of(headers: Headers) -> int:
    """Count the bytes of fields as HTTP/1.1 writes them (RFC 9112, 5)."""
    return sum(len(name) + len(value) + FRAMING_PER_FIELD for name, value in headers)
