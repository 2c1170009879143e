"""What systems speak to: upstreams of a gateway, and who receives notices.

    with outside() as world:
        start(..., environment=world.environment)
        world.find("in use")            # what it has seen
        world.faults["mail"] = "dead"   # what is wrong with it

Real servers on loopback, in a thread of this process; see `world.py`.
"""

from asgi_compare.drive.outside.world import World, outside

__all__ = ["World", "outside"]
