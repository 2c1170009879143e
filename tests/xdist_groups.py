"""Give the tests of one group to one worker of pytest-xdist."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Write the group of a test behind its name, where the scheduler looks for it.

    pytest-xdist does so itself, but up to 3.8 in an attribute that pytest 9.2 has no
    use for: its `--dist loadgroup` then ignores every group, and each worker makes the
    run that one of them should make for all.
    """
    if not config.getoption("loadgroup", False):
        return
    for item in items:
        groups = {str(mark.args[0]) for mark in item.iter_markers("xdist_group")}
        suffix = f"@{'_'.join(sorted(groups))}"
        if groups and not item.nodeid.endswith(suffix):
            item._id = type(item._id).parse(item.nodeid + suffix)
