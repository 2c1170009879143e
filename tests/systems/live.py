"""Stories on real servers."""

from collections.abc import Iterable

from asgi_compare.contract.stories import STORIES
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.services import Service
from asgi_compare.drive.stories.arrange import on_servers
from asgi_compare.drive.targets.implementations import Implementation


def failures(
    row: Implementation,
    server: str,
    names: Iterable[str] = STORIES,
    count: int = 1,
    broker: Service | None = None,
) -> list[str]:
    """Play stories by all transports; return which have failed, and why."""
    plays = [
        (STORIES[name], transport)
        for name in names
        for transport in STORIES[name].system.transports[row.interface]
    ]
    with on_servers(row, SERVERS[server], count, broker) as servers:
        played = servers.play_all(plays)
    assert any(each.verdict == "passed" for each in played)
    return [
        f"{each.story} {each.transport}: {each.reason}"
        for each in played
        if each.verdict not in ("passed", "unsupported")
    ]
