"""What a framework adds, as data.

A `Behaviour` is an exchange whose outcome differs between implementations on purpose:
a forged form is refused here and taken there. It says what is asked (its steps), what
comes of it with each implementation (its outcomes), which layer is the cause, and what
is taken away to prove that (its ablation). If the outcome stays the same without the
layer, the layer was not the cause, and a test fails.

    Step      one exchange of it. Cookies are kept from one to the next, as a browser
              does, and a `Take` keeps a value of the answer for later steps
    Outcome   what must come of the last step
    Unsupported  it cannot be had there, and why
    Ablation  what is taken away, and the outcome without it
    Source    where in the framework it is done
    Elsewhere what it would take with Starlette, and by hand
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from asgi_compare.contract.scenario import Exchange, Expectation, Expected

RAW, STARLETTE = "raw-asgi", "starlette"
DJANGO_ASGI, DJANGO_WSGI = "django-asgi", "django-wsgi"
IMPLEMENTATIONS = (RAW, STARLETTE, DJANGO_ASGI, DJANGO_WSGI)
"""The four that behaviours are about, by the names of the registry."""

Settings = Mapping[str, object]
"""Changes to the settings of the laboratory, as in `django_lab/overrides.py`."""


@dataclass(frozen=True, slots=True)
class Take:
    """A value of an answer that later steps need: `{name}` stands for it there."""

    name: str
    source: Literal["cookie", "header", "json"]
    key: str
    """The name of the cookie, the field or the key of the JSON object."""


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange of a behaviour."""

    exchange: Exchange
    """In its target, its header fields and its body, `{name}` is a taken value."""
    takes: tuple[Take, ...] = ()
    application: str = "application"
    """Which attribute of the laboratory's module is asked."""
    at_once: int = 1
    """How many such exchanges run at the same time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What must come of the last step. What is left out is left open."""

    expected: Expectation = field(default_factory=Expected)
    cookies: Mapping[str, str | None] = field(default_factory=dict)
    """Cookies that are set, each with its attributes as they stand there, without
    Expires and in the order of the wire; or None for one that must not be set."""
    mentions: tuple[str, ...] = ()
    """Texts that must be in the body; `{name}` is a value that a step has taken."""
    hides: tuple[str, ...] = ()
    """Texts that must not be in the body."""
    raises: str | None = None
    """How the exception begins that the application lets out, as `Type: message`;
    empty if it must let none out. Only those inside can see it."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """It cannot be had there."""

    reason: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Ablation:
    """What is taken away to show that the layer is the cause."""

    what: str
    """What is done, in a few words: `remove CommonMiddleware`."""
    without: Outcome
    """What comes of the last step then."""
    settings: Settings = field(default_factory=dict)
    """Changed on top of the behaviour's own settings."""
    target: bytes | None = None
    """Asked in place of the last step's target: the same without the layer."""
    application: str | None = None
    """Asked in place of the last step's application."""
    on: tuple[str, ...] = (DJANGO_ASGI,)
    """Where it is shown."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where in the framework it is done."""

    file: str
    """`django/middleware/csrf.py`."""
    name: str
    """The qualified name in there: `CsrfViewMiddleware.process_view`."""

    def __str__(self) -> str:
        return f"{self.name} in {self.file}"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What it would take with Starlette, and by hand on ASGI."""

    starlette: str
    """A middleware that exists, or what to write; one sentence."""
    raw: str
    """The same for raw ASGI."""
    starlette_application: str = ""
    """An attribute of `laboratory.starlette_lab` that has it, where it is shown."""
    raw_application: str = ""
    """An attribute of `laboratory.raw_lab.app` that has it: the worked example."""
    outcome: Outcome | None = None
    """What comes of it there, where that is not Django's outcome."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something that one implementation does and another does not."""

    name: str
    """`theme/case`, in words."""
    why: str
    """Why it matters; one sentence."""
    steps: tuple[Step, ...]
    raw: Outcome | Unsupported
    starlette: Outcome | Unsupported
    django: Outcome | Unsupported
    """With Django through ASGI, and through WSGI if `wsgi` does not say otherwise."""
    layer: str
    """The cause: a middleware's dotted path, the name of a setting, or one of LAYERS.
    """
    source: Source
    ablation: Ablation
    elsewhere: Elsewhere
    wsgi: Outcome | Unsupported | None = None
    settings: Settings = field(default_factory=dict)
    """What the laboratory's settings must be for it."""
    in_process_only: str = ""
    """Why it cannot be seen on a server, if so; one sentence."""
    note: str = ""
    """What else there is to know, such as the version that changes it."""
    since: str = ""
    """The first version of Django that does it, if not every one does that is served
    here."""
    until: str = ""
    """The first version of Django that does otherwise, if one is out."""
    later: Outcome | None = None
    """What comes of it from that version on; None if that cannot be said so shortly."""
    needs: str = ""
    """A distribution that has to be installed for it, besides Django."""

    @property
    def theme(self) -> str:
        """The first part of the name."""
        return self.name.partition("/")[0]

    @property
    def case(self) -> str:
        """The second part of the name."""
        return self.name.partition("/")[2]

    @property
    def outcomes(self) -> dict[str, Outcome | Unsupported]:
        """What comes of it, for each implementation."""
        wsgi = self.django if self.wsgi is None else self.wsgi
        return dict(
            zip(
                IMPLEMENTATIONS,
                (self.raw, self.starlette, self.django, wsgi),
                strict=True,
            )
        )

    @property
    def shown_elsewhere(self) -> dict[str, str]:
        """Where it is shown without Django: the attribute, for each implementation."""
        shown = {
            RAW: self.elsewhere.raw_application,
            STARLETTE: self.elsewhere.starlette_application,
        }
        return {name: attribute for name, attribute in shown.items() if attribute}

    @property
    def on_servers(self) -> bool:
        """Whether it can be asked of a server that hosts the laboratory as it is."""
        plain = all(step.application == "application" for step in self.steps)
        return plain and not self.in_process_only


LAYERS: dict[str, str] = {
    "handler": "django.core.handlers: from the interface to a request, and back",
    "urls": "django.urls: from a path to a view",
    "http": "django.http: requests, responses, cookies, uploads",
    "views": "django.views: decorators, class-based views and error pages",
    "orm": "django.db: models, queries, transactions",
    "auth": "django.contrib.auth: users, passwords, permissions",
    "sessions": "django.contrib.sessions: what is kept of a visitor",
    "admin": "django.contrib.admin: the pages made of models",
    "forms": "django.forms: what is valid",
    "templates": "django.template: pages, escaped",
    "staticfiles": "django.contrib.staticfiles: files that never change",
    "files": "django.core.files: storages, and where a name may lead",
    "log": "django.utils.log: what is logged and mailed",
}
"""Layers that are not a middleware and not a setting."""
