"""One application, by hand and in frameworks, compared event by event.

    contract ──► drive ──► judge ──► measure ──► report
    what must    play the  rules,    cost,       a result
    happen       server    compare,  behaviours, in words
                           probes    experiments

    model/       the nouns: what happened, and what was concluded
    domain/      what the applications know, whatever their interface
    run/         the loop over all implementations, hosts and scenarios
    cli/         the command
    laboratory/  naive pages, made to be measured

ARCHITECTURE.md has the whole picture. Three functions are public:
`validate` watches an application, `exchange` drives it once, and `findings_in` judges
the transcript of that.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asgi_compare.drive.in_process.asgi_http import exchange as exchange
    from asgi_compare.judge.rules import judge as findings_in
    from asgi_compare.judge.validator import validate as validate

__all__ = ["exchange", "findings_in", "validate"]

_PUBLIC = {
    "exchange": ("asgi_compare.drive.in_process.asgi_http", "exchange"),
    # Not `judge`: that is the name of the package below.
    "findings_in": ("asgi_compare.judge.rules", "judge"),
    "validate": ("asgi_compare.judge.validator", "validate"),
}


def __getattr__(name: str) -> Any:
    # Late, so that an application that imports the domain pays for nothing else.
    if name in _PUBLIC:
        from importlib import import_module

        module, attribute = _PUBLIC[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'asgi_compare' has no attribute {name!r}")
