"""The generated parts of `docs/by-hand.md`: see `compare/tools/docs.py`.

`by-hand-origins` is a worked example: code that does by hand what a framework does, the
behaviours that it gives, and the tests that try it. `EXAMPLES` says which functions
belong to one. The code is read, and not run.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from asgi_compare.drive.places import APPLICATIONS, PACKAGE
from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.report.common.markdown import code


@dataclass(frozen=True, slots=True)
class Example:
    """Something that is worked out by hand, with its tests."""

    file: str
    """A path in the package, or in a checkout that of an application."""
    parts: tuple[str, ...]
    """Functions and constants."""
    applications: tuple[str, ...]
    """Where it is around the pages: attributes of `laboratory.raw_lab.app`."""
    tested_in: str
    """In `tests/measure/behaviours`."""
    tests: tuple[str, ...]


EXAMPLES = {
    "hosts": Example(
        "laboratory/raw_lab/guards.py",
        ("HOST", "host_check", "host_name", "letting_in", "refuse"),
        ("with_host_check",),
        "test_raw_guards.py",
        ("test_host_is_ours_or_refused", "test_websocket_for_another_host_is_refused"),
    ),
    "origins": Example(
        "laboratory/raw_lab/guards.py",
        (
            "SAFE",
            "origin_check",
            "changes_nothing_or_is_ours",
            "is_our_own",
            "is_secure",
        ),
        ("with_origin_check",),
        "test_raw_guards.py",
        (
            "test_form_comes_from_a_page_of_ours",
            "test_form_over_https_comes_from_a_page_over_https",
            "test_websocket_goes_through_the_same_guard",
        ),
    ),
    "https": Example(
        "laboratory/raw_lab/guards.py",
        ("https_redirect", "is_secure", "query_of"),
        ("with_https_redirect",),
        "test_raw_guards.py",
        (
            "test_https_is_answered_and_http_is_sent_there",
            "test_nobody_is_sent_to_what_is_no_host",
        ),
    ),
    "proxies": Example(
        "laboratory/raw_lab/guards.py",
        ("forwarded_scheme",),
        ("with_forwarded_scheme",),
        "test_raw_guards.py",
        ("test_websocket_is_as_safe_as_the_proxy_says",),
    ),
    "slashes": Example(
        "laboratory/raw_lab/guards.py",
        ("slash_append",),
        ("with_slash_append",),
        "test_raw_guards.py",
        ("test_slash_is_appended_to_paths_of_ours_only",),
    ),
    "careful": Example(
        "laboratory/raw_lab/fields.py",
        ("CAREFUL", "HSTS", "OURS_ONLY", "careful_fields"),
        ("with_careful_fields", "with_content_policy"),
        "test_raw_lab.py",
        ("test_field_that_is_there_is_left_alone", "test_hsts_is_sent_over_https"),
    ),
    "unbroken": Example(
        "laboratory/raw_lab/fields.py",
        ("BREAK", "unbroken_fields"),
        ("with_unbroken_fields",),
        "test_raw_lab.py",
        ("test_field_with_a_break_in_it_does_not_get_out",),
    ),
    "limits": Example(
        "laboratory/raw_lab/limits.py",
        ("body_limit", "announced"),
        ("with_body_limit",),
        "test_raw_lab.py",
        (
            "test_body_is_limited",
            "test_body_that_is_found_too_long_late_breaks_the_answer_off",
        ),
    ),
    "sessions": Example(
        "laboratory/raw_lab/sessions.py",
        (
            "ATTRIBUTES",
            "PURPOSE",
            "signed_sessions",
            "cookie",
            "closed",
            "opened",
            "signature",
        ),
        ("with_sessions",),
        "test_raw_sessions.py",
        (
            "test_session_with_another_signature_is_empty",
            "test_session_that_is_too_old_is_empty",
            "test_what_else_is_signed_with_the_key_is_no_session",
        ),
    ),
    "files": Example(
        "laboratory/raw_lab/static.py",
        ("files", "listing", "answer"),
        ("with_files",),
        "test_raw_sessions.py",
        (
            "test_files_of_the_folder_are_listed_and_no_others",
            "test_path_is_that_of_a_file_or_of_nothing",
        ),
    ),
    "names": Example(
        "laboratory/raw_lab/validators.py",
        ("OF_A_BODY", "changing", "is_whole", "conditional", "is_known"),
        ("with_etags",),
        "test_raw_lab.py",
        (
            "test_known_bytes_are_not_sent_again",
            "test_stream_passes_as_it_comes",
        ),
    ),
    "gzip": Example(
        "laboratory/raw_lab/validators.py",
        ("compressed", "accepts_gzip", "weaker"),
        ("with_gzip",),
        "test_raw_lab.py",
        (
            "test_body_is_packed_where_that_helps",
            "test_packed_answer_has_a_weak_name_and_the_same_vary",
        ),
    ),
    "errors": Example(
        "asgi_raw/middleware.py",
        ("errors",),
        ("with_errors",),
        "test_outcomes.py",
        ("test_behaviours_can_be_had_without_django",),
    ),
    "leaving": Example(
        "laboratory/raw_lab/leaving.py",
        ("stops_with_the_client",),
        ("stopping",),
        "test_raw_lab.py",
        ("test_application_stops_when_the_client_leaves",),
    ),
}
"""By the name of the part that shows it: `by-hand-hosts`."""


def rendered(example: Example) -> str:
    """Make the part of a worked example."""
    given = [
        each.name
        for each in BEHAVIOURS.values()
        if each.elsewhere.raw_application in example.applications
    ]
    lines = [
        "```python",
        "\n\n\n".join(sources(example)),
        "```",
        "",
        f"From `{example.file}`. It gives "
        + ", ".join(map(code, given))
        + f". Tried in `tests/measure/behaviours/{example.tested_in}` by "
        + ", ".join(map(code, example.tests))
        + ".",
    ]
    return "\n".join(lines) + "\n"


def sources(example: Example) -> Iterator[str]:
    """Return the source of each part, as it stands in its file."""
    top = APPLICATIONS if example.file.startswith("asgi_raw/") else PACKAGE
    text = (top / example.file).read_text("utf-8")
    found = {
        name: ast.get_source_segment(text, node)
        for node in ast.parse(text).body
        for name in names(node)
    }
    for name in example.parts:
        yield found[name] or ""


def names(node: ast.stmt) -> Iterator[str]:
    """Return the name of a function, or those that something is assigned to."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (each.id for each in node.targets if isinstance(each, ast.Name))


PARTS: dict[str, Callable[[], str]] = {
    f"by-hand-{name}": partial(rendered, each) for name, each in EXAMPLES.items()
}
