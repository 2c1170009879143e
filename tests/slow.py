"""What is left to the slow tests besides those that are marked: more of a kind.

By default one of each kind is tried, so that `make test` is done in minutes. The rest
of the kind is in this table, by regular expressions for the ids of tests. All of it is
run by `make test-thorough` and `make coverage`, which a workflow does every night.
"""

import re

import pytest

MORE_OF_A_KIND = (
    # Each behaviour, without Django's ASGI; each server; each step of the ladder.
    r"test_outcomes.py::test_behaviours_are_as_described\[.* (?!django-asgi)",
    r"test_outcomes.py::test_behaviours_can_be_had",
    r"behaviours/test_servers.py::test_behaviours_are_the_same.*\[(?!fields django)",
    r"test_ladder_views.py::.*django-wsgi",
    r"ladder/test_project.py::(?!test_view_that_needs|test_mistake)",
    r"test_survey.py::test_(server|trial|status|what)_",
    # Stories, but by hand on ASGI.
    r"test_stories.py::test_stories_are_kept_in_process\[django",
    # Commands, in each surrounding and on each framework.
    r"test_show_list_serve.py::test_show_(says|explains|of_a_pattern)",
    r"test_run.py::test_run_(fits|has_no_colour|writes_markdown)",
    r"test_surroundings.py::test_(closed|diff|ctrl_c|report)_",
    r"test_targets.py::test_(diff_compares_a|trace_shows_the_events)",
    r"test_targets.py::test_hostile_application_is_survived\[(floods|exits)",
    r"test_check_command.py::test_framework_breaks",
    r"test_names.py::test_(terminal_cuts_no_name\[(?!list)|code_that)",
    # What goes wrong, in each way, on each server.
    r"run/test_run.py::test_(misbehaviour|what_comes_before|no_process)",
    r"test_isolation.py::test_an_application_that_spoils.*\[(?!exit)",
    r"test_faults.py::.*hypercorn",
    r"test_supervisor.py::.*(hypercorn|gunicorn)",
    r"test_orphans.py::.*forked",
    r"test_wire_real.py::test_(life|matrix|server_without)",
    r"test_wire_doors.py::test_(server_passes.*hypercorn|wsgi_server|door)",
    r"test_wire_robust.py::test_fault.*exit",
    # Judges: as many kinds as there are, once more in other words.
    r"test_check_kinds.py::test_advice",
    r"probes/test_kinds.py::test_broken_asgi_application_is_found\[1",
    r"middleware/test_layers.py::test_broken_layers.*\[[1-5]\]",
    r"middleware/test_layers.py::test_correct_layers.*\[[1-2]\]",
    r"test_rule_book.py::.*wsgi_app",
    r"test_plugin.py::test_(workers|summary)",
    r"test_plugin_settings.py::test_mark_that",
    r"test_check_applications.py::test_check_finds_nothing.*\[Request",
    r"test_check_command.py::test_unruly_target_is_survived\[(?!exits)",
    r"test_rules_command.py::test_every_rule_and_probe_can_be_explained",
    r"test_counts.py::test_rungs_of_each_kind",
    r"drive/live/test_live.py::.*\[uvicorn-h11",
    r"test_wire_alone.py::test_case_that_asks",
)
PATTERN = re.compile("|".join(MORE_OF_A_KIND))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them, before pytest looks for the mark."""
    for item in items:
        if PATTERN.search(item.nodeid):
            item.add_marker(pytest.mark.slow)
