"""The stories: one file for each system, with its `SYSTEM` and its `STORIES`."""

from types import ModuleType

from asgi_compare.contract.stories import chat, dashboard, editor, gateway, notices
from asgi_compare.contract.story import Story, System

MODULES: tuple[ModuleType, ...] = (chat, dashboard, editor, gateway, notices)
"""In the order in which they are read."""

SYSTEMS: dict[str, System] = {each.SYSTEM.name: each.SYSTEM for each in MODULES}
STORIES: dict[str, Story] = {
    story.name: story for each in MODULES for story in each.STORIES
}

__all__ = ["STORIES", "SYSTEMS"]
