"""How the environment changes the settings of the laboratory.

`ASGI_COMPARE_LAB` holds a JSON object. Each key is the name of a setting, and its value
takes the place of the one in `settings.py`. An object is merged with what is there, key
by key, so that one option of a database can be changed without repeating the others:

    {"DEBUG": true, "DATABASES": {"default": {"ATOMIC_REQUESTS": true}}}

Two keys change the list MIDDLEWARE instead of replacing it:

    LAB_ADD     dotted paths to be put in, one after the other; a pair [position, path]
                says where, and a path alone goes to the end, next to the view
    LAB_REMOVE  dotted paths to be taken out after that
"""

import json
from collections.abc import Mapping
from typing import Any

Settings = dict[str, Any]


def overridden(settings: Mapping[str, Any], text: str) -> Settings:
    """Return the settings with the changes that the JSON object in `text` asks for."""
    changes = json.loads(text or "{}")
    removed, added = changes.pop("LAB_REMOVE", []), changes.pop("LAB_ADD", [])
    changed = merged(settings, changes)
    middleware = list(changed["MIDDLEWARE"])
    for each in added:
        position, path = (len(middleware), each) if isinstance(each, str) else each
        middleware.insert(position, path)
    changed["MIDDLEWARE"] = [path for path in middleware if path not in removed]
    return changed


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> Settings:
    """Put `new` over `old`; where both have an object, do so within it."""
    result = dict(old)
    for name, value in new.items():
        before = result.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            value = merged(before, value)
        result[name] = value
    return result
