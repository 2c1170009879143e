"""Behaviours: from a path and a method to the function that answers."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Ablation,
    Behaviour,
    Elsewhere,
    Source,
)
from asgi_compare.measure.behaviours.builders import (
    BOTH,
    COMMON,
    CSRF,
    answers,
    ask,
    instead,
    post,
    remove,
    replace,
)

SLASH = Source(
    "django/middleware/common.py", "CommonMiddleware.get_full_path_with_slash"
)
APPEND = Elsewhere(
    "Its router does it by itself, with 307, which keeps method and body.",
    "A middleware that knows the paths: raw_lab/guards.py.",
    raw_application="with_slash_append",
)

BEHAVIOURS = (
    Behaviour(
        "paths/slash-forgotten",
        "Visitors type addresses, and an address with a slash is another one.",
        (ask("/lab/slash?a=1"),),
        raw=answers(404),
        starlette=answers(307, headers={"location": "http://<host>/lab/slash/?a=1"}),
        django=answers(301, headers={"location": "/lab/slash/?a=1"}),
        layer=COMMON,
        source=SLASH,
        ablation=remove(COMMON, answers(404)),
        elsewhere=APPEND,
    ),
    Behaviour(
        "paths/slash-forgotten-by-a-form",
        "A redirect with 301 makes a GET of a POST, and what was typed is lost.",
        (post("/lab/slash", "a=1"),),
        raw=answers(404),
        starlette=answers(307, headers={"location": "http://<host>/lab/slash/"}),
        django=answers(301, headers={"location": "/lab/slash/"}),
        layer=COMMON,
        source=SLASH,
        ablation=remove(COMMON, answers(404)),
        elsewhere=APPEND,
        note="The guard against forged forms is not asked: the middleware redirects "
        "before a view is known.",
    ),
    Behaviour(
        "paths/slash-forgotten-by-a-form-while-developing",
        "With DEBUG on the developer is told that the form has lost its data.",
        (post("/lab/slash", "a=1"),),
        raw=answers(404),
        starlette=answers(307),
        django=answers(500, mentions=("RuntimeError", "APPEND_SLASH")),
        layer="DEBUG",
        source=SLASH,
        settings={"DEBUG": True},
        ablation=Ablation("set DEBUG to False", answers(301), {"DEBUG": False}),
        elsewhere=Elsewhere("Nothing is lost with 307.", "Nothing is sent elsewhere."),
    ),
    Behaviour(
        "paths/two-slashes",
        "`//elsewhere.example/` as a Location is another site; a path must never be "
        "taken for one.",
        (ask("//elsewhere.example/slash"),),
        raw=answers(404),
        starlette=answers(404),
        django=answers(301, headers={"location": "/%2Felsewhere.example/slash/"}),
        layer="http",
        source=Source("django/utils/http.py", "escape_leading_slashes"),
        ablation=replace(
            "django.middleware.common.escape_leading_slashes",
            "asgi_compare.laboratory.django_lab.without:change",
            answers(301, headers={"location": "//elsewhere.example/slash/"}),
            "leave the path as it is",
        ),
        elsewhere=Elsewhere(
            "Its redirect is a whole URL with the host in it.",
            "Redirect to paths of one's own only.",
        ),
    ),
    Behaviour(
        "paths/newline-at-the-end",
        "A pattern that ends with `$` takes a line break as well, and one thing has "
        "two addresses.",
        (ask("/items/1%0A"),),
        raw=answers(404),
        starlette=answers(200, json={"item_id": 1}),
        django=answers(404),
        layer="urls",
        source=Source("django/urls/resolvers.py", "_route_to_regex"),
        ablation=replace(
            "django.urls.resolvers.RoutePattern.match",
            "asgi_compare.laboratory.django_lab.without:end_of_path",
            answers(200, json={"item_id": 1}),
            "match with `$` in place of `\\Z`",
        ),
        elsewhere=Elsewhere(
            "Nothing helps but to look at the parameter again.",
            "re.fullmatch: asgi_raw/routes.py.",
        ),
        in_process_only="What a server makes of the line break is its own affair.",
    ),
    Behaviour(
        "paths/wrong-method",
        "A client that asks with the wrong method should be told the right ones.",
        (ask("/only-post"),),
        raw=answers(405, headers={"allow": "POST"}),
        starlette=answers(405, headers={"allow": "POST"}),
        django=answers(405, headers={"allow": "POST"}),
        layer="views",
        source=Source("django/views/decorators/http.py", "require_http_methods"),
        ablation=instead("/lab/any", answers(200), "ask a view without it"),
        elsewhere=Elsewhere(
            "Its routes know their methods.",
            "The table of routes has to know them: asgi_raw/routes.py.",
        ),
    ),
    Behaviour(
        "paths/any-method",
        "A plain function is called with whatever method comes, if the guard against "
        "forged forms lets it.",
        (ask("/lab/any", "OPTIONS"),),
        raw=answers(200, json={"method": "OPTIONS"}),
        starlette=answers(405),
        django=answers(200, json={"method": "OPTIONS"}),
        layer="urls",
        source=Source("django/urls/resolvers.py", "URLResolver.resolve"),
        ablation=instead(
            "/lab/only-get",
            answers(405, headers={"allow": "GET"}),
            "ask a view with a decorator that looks at the method",
        ),
        elsewhere=Elsewhere(
            "A route without methods takes GET and HEAD only.",
            "By hand, too, somebody has to look at scope['method'].",
        ),
        note="A route of Django knows no methods: the path alone finds the view.",
    ),
    Behaviour(
        "paths/unknown-method",
        "A method that nobody has heard of is none that only reads.",
        (ask("/lab/any", "BREW"),),
        raw=answers(200, json={"method": "BREW"}),
        starlette=answers(405, headers={"allow": "GET, HEAD"}),
        django=answers(403),
        layer=CSRF,
        source=Source("django/middleware/csrf.py", "CsrfViewMiddleware.process_view"),
        ablation=remove(CSRF, answers(200, json={"method": "BREW"})),
        elsewhere=Elsewhere(
            "Its routes know their methods.",
            "A list of methods, and 405 or 501 for all others: asgi_raw/routes.py.",
        ),
        in_process_only="A server may know a list of methods, and refuse all others.",
        note="The guard against forged forms lets four methods through, and asks all "
        "others for a token. Without it the view is called.",
    ),
    Behaviour(
        "paths/options-of-a-class",
        "OPTIONS asks what can be done with an address.",
        (ask("/lab/shelf", "OPTIONS"),),
        raw=answers(200, json={"method": "OPTIONS"}, absent=("allow",)),
        starlette=answers(405, headers={"allow": "GET, HEAD"}),
        django=answers(200, headers={"allow": "GET, HEAD, OPTIONS"}, body=b""),
        layer="views",
        source=Source("django/views/generic/base.py", "View.options"),
        ablation=instead(
            "/lab/shelf-without-options", answers(405), "leave OPTIONS out of the class"
        ),
        elsewhere=Elsewhere(
            "A function `options` in the HTTPEndpoint.",
            "A branch for the method in the dispatcher.",
        ),
    ),
    Behaviour(
        "paths/head-of-a-class",
        "Who asks with HEAD wants what GET would give, without the body.",
        (ask("/lab/shelf", "HEAD"),),
        raw=answers(200),
        starlette=answers(200),
        django=answers(200),
        layer="views",
        source=Source("django/views/generic/base.py", "View.setup"),
        ablation=replace(
            "django.views.generic.base.View.setup",
            "asgi_compare.laboratory.django_lab.without:head",
            answers(405),
            "do not let `get` stand in for `head`",
        ),
        elsewhere=Elsewhere("HTTPEndpoint does the same.", "asgi_raw/middleware.py."),
        note="Django sends the body of an answer to HEAD, and so does Starlette; the "
        "server cuts it off.",
    ),
    Behaviour(
        "paths/unknown-page",
        "A page for what is not there should not repeat what was asked.",
        (ask("/lab/no-such-page"),),
        raw=answers(404, body=b"Not Found"),
        starlette=answers(404, body=b"Not Found"),
        django=answers(
            404, mentions=("Not Found",), hides=("no-such-page", "lab/parameters")
        ),
        layer="DEBUG",
        source=Source("django/views/defaults.py", "page_not_found"),
        ablation=Ablation(
            "set DEBUG to True",
            answers(404, mentions=("no-such-page", "lab/parameters")),
            {"DEBUG": True},
        ),
        elsewhere=Elsewhere("It says no more by itself.", "Say no more by hand."),
        note="With DEBUG on the page lists every route of the project.",
    ),
    Behaviour(
        "paths/static-files",
        "Files that never change are better sent by a server that is made for it; "
        "who forgets to set one up has a page without style.",
        (ask("/static/admin/css/base.css"),),
        raw=answers(404),
        starlette=answers(404),
        django=answers(404),
        layer="staticfiles",
        source=Source(
            "django/contrib/staticfiles/handlers.py",
            "StaticFilesHandlerMixin.get_response",
        ),
        ablation=Ablation(
            "put the handler around it that runserver has",
            answers(200, headers={"content-type": "text/css"}),
            application="with_static_files",
            on=BOTH,
        ),
        elsewhere=Elsewhere(
            "Mount('/static', StaticFiles(directory=...)).",
            "Refuse `..` and links, read in a thread, ETag, ranges: some sixty lines.",
        ),
        settings={"DEBUG": True},
        note="`runserver` puts this handler there by itself, an ASGI server does not. "
        "In production WhiteNoise or a web server takes the place of it.",
    ),
)
