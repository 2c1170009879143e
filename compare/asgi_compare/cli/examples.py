"""Two examples or more for the `--help` of each command.

The key is the command as it is typed. Every line is tried by the tests: its command and
its options are there.
"""

from __future__ import annotations

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "run": (
        ("asgi-compare run", "all scenarios, in process and on two servers"),
        ("asgi-compare run --servers all --json run.json", "every server"),
        ("asgi-compare run --select 'ws_*' -i raw-asgi -i starlette", "a part of it"),
    ),
    "serve": (
        ("asgi-compare serve", "all implementations on uvicorn, until Ctrl-C"),
        ("asgi-compare serve -i raw-asgi --servers uvicorn,hypercorn", "one on two"),
    ),
    "list": (
        ("asgi-compare list", "what is driven, and how many there are of the rest"),
        ("asgi-compare list rules 'http/*'", "the rules whose name begins with http/"),
        ("asgi-compare list cases | grep chunk", "a line for each, in a pipe"),
    ),
    "show": (
        ("asgi-compare show hello/get", "one scenario"),
        ("asgi-compare show stream", "all scenarios of an endpoint"),
    ),
    "trace": (
        ("asgi-compare trace raw-asgi /", "one of our implementations"),
        ("asgi-compare trace mysite.asgi:application POST:/items -d 'a=1'", "yours"),
        ("asgi-compare trace main:app ws:/chat -d hello", "a WebSocket"),
    ),
    "diff": (
        ("asgi-compare diff starlette django-asgi", "in all scenarios"),
        ("asgi-compare diff old:app new:app /items", "two of yours, one path"),
    ),
    "check": (
        ("asgi-compare check main:app", "/ and a WebSocket on /"),
        ("asgi-compare check main:app --path / --path POST:/items", "these paths"),
        ("asgi-compare check main:app --junit report.xml", "for a CI server"),
    ),
    "check-server": (
        ("asgi-compare check-server uvicorn", "a server of our table"),
        (
            "asgi-compare check-server -- python my_server.py --port {port} {target}",
            "your own",
        ),
    ),
    "check-middleware": (
        (
            "asgi-compare check-middleware mylib:Middleware",
            "a middleware without arguments",
        ),
        (
            """asgi-compare check-middleware mylib:Gzip --kwargs '{"level": 6}'""",
            "one with arguments, as JSON",
        ),
    ),
    "check-client": (
        ("asgi-compare check-client my_client:drive --interface wsgi", "your own"),
        ("asgi-compare check-client httpx", "one that is known here"),
    ),
    "rules": (
        ("asgi-compare rules --select 'asgi-http/*'", "some of them"),
        ("asgi-compare rules --sentences --level must", "what the texts require"),
    ),
    "explain": (
        ("asgi-compare explain asgi-http/start-twice", "a rule"),
        ("asgi-compare explain wire/content-length", "a wire case"),
    ),
    "layers": (
        ("asgi-compare layers --quick", "the ladder, in a minute or two"),
        ("asgi-compare layers --django-settings mysite.settings --path /", "yours"),
    ),
    "systems": (
        ("asgi-compare systems list", "the systems and their stories"),
        ("asgi-compare systems run --select chat", "who keeps which story"),
    ),
    "systems list": (
        ("asgi-compare systems list", "all of them"),
        ("asgi-compare systems list --no-color", "without colours"),
    ),
    "systems run": (
        ("asgi-compare systems run", "all stories, in process"),
        ("asgi-compare systems run --select chat/two_talk --servers uvicorn", "one"),
    ),
    "systems serve": (
        ("asgi-compare systems serve chat", "in all implementations"),
        ("asgi-compare systems serve chat -i raw-asgi --server hypercorn", "in one"),
    ),
    "systems show": (
        ("asgi-compare systems show chat", "its code"),
        ("asgi-compare systems show chat --no-color", "without colours"),
    ),
    "systems trace": (
        ("asgi-compare systems trace chat/two_talk", "in raw ASGI"),
        ("asgi-compare systems trace chat/two_talk -i starlette", "in Starlette"),
    ),
    "bench": (
        ("asgi-compare bench --servers uvicorn,hypercorn", "ours on two servers"),
        (
            "asgi-compare bench --target main:app --path /items --json before.json",
            "yours, to be compared later",
        ),
        (
            "asgi-compare bench --target main:app --path /items --against before.json",
            "whether it has become slower",
        ),
        (
            "asgi-compare bench --select hello/get --locust locustfile.py",
            "for load from several machines",
        ),
    ),
    "experiments": (
        ("asgi-compare experiments list", "the questions"),
        ("asgi-compare experiments run hop-cost --quick", "answer one of them"),
    ),
    "experiments list": (
        ("asgi-compare experiments list", "all of them"),
        ("asgi-compare experiments list --no-color", "without colours"),
    ),
    "experiments show": (
        ("asgi-compare experiments show hop-cost", "how a question is answered"),
        ("asgi-compare experiments show sync-views-serialised", "another one"),
    ),
    "experiments run": (
        ("asgi-compare experiments run hop-cost --quick", "one, in half a minute"),
        ("asgi-compare experiments run --all --json book.json", "all, carefully"),
    ),
    "experiments read": (
        ("asgi-compare experiments read book.json", "what was observed"),
        ("asgi-compare experiments read book.json --html book.html", "as a page"),
    ),
}


def epilog(command: str) -> str:
    """Return the examples as the end of a help text; empty if there are none."""
    rows = EXAMPLES.get(command, ())
    lines = [line for row in rows for line in (f"  # {row[1]}", f"  {row[0]}")]
    # click keeps the lines of a paragraph that begins with \b as they are.
    return "\n".join(["\b", "Examples:", *lines]) if rows else ""
