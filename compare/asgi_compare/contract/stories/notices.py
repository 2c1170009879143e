"""Stories of the notices: one event, many channels, and what fails on the way."""

from __future__ import annotations

from asgi_compare.contract.story import (
    Asks,
    ComesBack,
    Connects,
    Finds,
    HasHeard,
    Hears,
    HearsNothing,
    KillsServer,
    Leaves,
    Sets,
    Step,
    Story,
    Subscribes,
    System,
    Transport,
)

SYSTEM = System(
    "notices",
    "One event, told to a user in the page, by mail, web hook and push.",
    transports={"asgi": ("websocket", "stream", "poll"), "wsgi": ("stream", "poll")},
    numbers=("number",),
    has_connections=False,
)
ONCE: tuple[Transport, ...] = ("stream",)
"""By which a story is played that has nothing to do with the page."""


def wishes(who: str, *channels: str, **more: object) -> Asks:
    """Say how one wants to be told."""
    body = {"channels": ["page", *channels], **more}
    words = f"wants to be told by {', '.join(['page', *channels])}"
    return Asks(who, "PUT", "preferences", body, 204, with_token=True, words=words)


def orders(
    who: str, item: str, count: int = 1, status: int = 201, **more: bool
) -> Asks:
    """Cause a notice."""
    body = {"item": item, "count": count, **more}
    words = f"orders {count} {item}"
    return Asks(who, "POST", "orders", body, status, with_token=True, words=words)


def hears(who: str, item: str, number: int) -> Hears:
    """Hear of an order."""
    message = {"number": number, "title": f"Ordered: {item}"}
    return Hears(who, message, f"that {item} is ordered", within=5.0)


def gets(user: str, channel: str, *items: str, for_seconds: float = 0.0) -> Finds:
    """Get notices of these orders by a channel, and no others."""
    titles = sorted(f"Ordered: {item}" for item in items)
    what = ", ".join(items) or "nothing"
    words = f"{user} gets {what} by {channel}"
    return Finds(channel, titles, words, 10.0, for_seconds, user)


def outbox(who: str, *deliveries: dict[str, object]) -> Asks:
    """See what has become of one's deliveries."""
    says = {"deliveries": list(deliveries)}
    words = "looks into the outbox"
    return Asks(
        who, "GET", "outbox", with_token=True, says=says, words=words, within=10.0
    )


def again(who: str, how: str) -> Asks:
    """Have something sent that is not due by itself."""
    words = {"flush": "wants now what waits", "revive": "wants the dead tried again"}
    return Asks(who, "POST", how, status=204, with_token=True, words=words[how])


ALL_CHANNELS: tuple[Step, ...] = (
    Subscribes("one"),
    wishes("one", "email", "webhook", "push"),
)
ALL_DAY = ["00:00", "23:59:59"]

STORIES: tuple[Story, ...] = (
    Story(
        SYSTEM,
        "page",
        "The implementation serves the page itself.",
        (Asks("one", "GET", "", holds="<title>Notices</title>"),),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "in_the_page",
        "Who looks at the page is told at once, and nobody else is.",
        (
            Connects("one"),
            Connects("two"),
            orders("one", "tea"),
            hears("one", "tea", 1),
            orders("one", "cake"),
            hears("one", "cake", 2),
            HearsNothing("two", 0.3),
        ),
    ),
    Story(
        SYSTEM,
        "resume",
        "Who comes back with the last number it has gets what it missed, and no more.",
        (
            Connects("one"),
            orders("one", "tea"),
            hears("one", "tea", 1),
            Leaves("one"),
            orders("one", "cake"),
            orders("one", "milk"),
            ComesBack("one"),
            hears("one", "milk", 3),
            HasHeard("one", (1, 2, 3)),
        ),
    ),
    Story(
        SYSTEM,
        "bad_token",
        "A token that was made up opens nothing, and orders nothing.",
        (
            Connects("one", refused=True, token="made.up"),
            Asks("one", "POST", "orders", {"item": "tea", "count": 1}, 403),
        ),
    ),
    Story(
        SYSTEM,
        "foreign_origin",
        "A page of another site cannot open a WebSocket, whatever token it has.",
        (Connects("one", refused=True, origin="http://attacker.example"),),
        by=("websocket",),
    ),
    Story(
        SYSTEM,
        "every_channel",
        "One order is told in the page, by mail, by web hook and by push.",
        (
            *ALL_CHANNELS,
            Connects("one"),
            orders("one", "tea"),
            hears("one", "tea", 1),
            gets("one", "mail", "tea"),
            gets("one", "hook", "tea"),
            gets("one", "push", "tea"),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "undone",
        "An order that is undone has caused no notice, by whatever channel.",
        (
            *ALL_CHANNELS,
            Connects("one"),
            orders("one", "tea", 99),
            hears("one", "tea", 1),
            orders("one", "cake", 2, status=409),
            orders("one", "milk", 1),
            hears("one", "milk", 2),
            gets("one", "hook", "tea", "milk"),
            gets("one", "push", "tea", "milk"),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "dead_channel",
        "A mail server and a hook that hang delay no other channel, and no other user.",
        (
            *ALL_CHANNELS,
            Connects("one"),
            Sets("mail", "hangs", "the mail server hangs"),
            Sets("hook", "hangs", "the hook hangs"),
            orders("one", "tea"),
            hears("one", "tea", 1),
            gets("one", "push", "tea"),
            gets("one", "mail"),
            Sets("mail", "", "the mail server is well"),
            Sets("hook", "", "the hook is well"),
            gets("one", "mail", "tea"),
            gets("one", "hook", "tea"),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "retried",
        "What fails is tried again, later and later, and stays in its channel.",
        (
            wishes("one", "email", "webhook"),
            Sets("mail", "fails", "the mail server wants us to try later"),
            orders("one", "tea"),
            gets("one", "hook", "tea"),
            Finds("asked hook", 1, "the hook was asked once", user="one"),
            outbox(
                "one",
                {
                    "channel": "email",
                    "error": "The mail server said 451 Try again later.",
                    "state": "pending",
                },
                {"channel": "webhook", "attempts": 1, "state": "sent"},
            ),
            Sets("mail", "", "the mail server is well"),
            gets("one", "mail", "tea"),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "dead_letters",
        "What cannot be delivered is on a list with the reason, and can be revived.",
        (
            *ALL_CHANNELS,
            Sets("mail", "refuses", "there is no such mailbox"),
            Sets("push", "gone", "the subscription has ended"),
            orders("one", "tea"),
            outbox(
                "one",
                {"channel": "email", "state": "dead", "attempts": 1},
                {"channel": "push", "state": "dead", "error": "The answer was 410."},
                {"channel": "webhook", "state": "sent"},
            ),
            Sets("mail", "", "there is the mailbox"),
            again("one", "revive"),
            gets("one", "mail", "tea"),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "given_up",
        "After five attempts a delivery is given up; its receiver was spared the rest.",
        (
            wishes("one", "webhook"),
            Sets("hook", "fails", "the hook fails"),
            orders("one", "tea"),
            outbox(
                "one",
                {"state": "dead", "attempts": 5, "error": "The answer was 500."},
            ),
            Finds("asked hook", 5, "the hook was asked five times", user="one"),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "quiet_hours",
        "In quiet hours only the page is told, unless it is urgent.",
        (
            Subscribes("one"),
            wishes("one", "push", quiet=ALL_DAY),
            Connects("one"),
            orders("one", "tea"),
            hears("one", "tea", 1),
            orders("one", "fire", urgent=True),
            hears("one", "fire", 2),
            gets("one", "push", "fire", for_seconds=0.4),
            again("one", "flush"),
            gets("one", "push", "fire", "tea"),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "digest",
        "The mails of a day come as one.",
        (
            wishes("one", "email", digest_at="23:59:59"),
            orders("one", "tea"),
            orders("one", "cake"),
            gets("one", "mail", for_seconds=0.4),
            again("one", "flush"),
            Finds("mail", ["2 notices"], "one gets both in one mail", 10.0, user="one"),
            Finds("mails", 1, "that was one mail", user="one"),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "unusable_wishes",
        "What cannot be is refused with a reason, and nothing is changed by it.",
        (
            Asks("one", "PUT", "preferences", "{", 400, with_token=True),
            wishes("one", "email"),
            Asks(
                "one",
                "PUT",
                "preferences",
                {"channels": ["pigeon"]},
                400,
                with_token=True,
                holds="Expected a list of some of page, email, webhook, push",
            ),
            Asks(
                "one",
                "PUT",
                "subscription",
                {"endpoint": "http://127.0.0.1:22/", "keys": {}},
                400,
                with_token=True,
                holds="Expected the endpoint of a known push service.",
            ),
            Asks("one", "POST", "orders", b"\xff", 400, with_token=True),
            Asks("one", "POST", "orders", b"x" * 20_000, 413, with_token=True),
            Asks(
                "one",
                "GET",
                "preferences",
                with_token=True,
                says={"channels": ["page", "email"]},
            ),
        ),
        by=ONCE,
    ),
    Story(
        SYSTEM,
        "server_killed",
        "A server that is killed after the commit has lost nothing: another one sends "
        "it, and the page hears it there.",
        (
            *ALL_CHANNELS,
            Connects("two", user="one"),
            Connects("one"),
            Sets("hook", "hangs", "the hook hangs"),
            orders("one", "tea"),
            hears("one", "tea", 1),
            KillsServer(0),
            Sets("hook", "", "the hook is well"),
            hears("two", "tea", 1),
            ComesBack("one", server=1),
            orders("one", "cake"),
            HasHeard("one", (1, 2)),
            gets("one", "hook", "tea", "cake"),
            gets("one", "push", "tea", "cake"),
        ),
        by=ONCE,
        needs=("servers",),
    ),
)
