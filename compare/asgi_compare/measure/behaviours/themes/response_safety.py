"""Behaviours: what may not get into an answer, and what gets in by itself."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Ablation,
    Behaviour,
    Elsewhere,
    Source,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import answers, ask, instead, replace

RESPONSE = "django/http/response.py"
OF_THE_SERVER = Unsupported(
    "Under WSGI the server makes variables of the fields, before Django sees them."
)
SERVERS_REFUSE = "A server refuses such a field, or does not; see the rules."

BEHAVIOURS = (
    Behaviour(
        "response-safety/line-break-in-a-field",
        "A line break in a value begins another field, or another response.",
        (ask("/lab/field?value=a%0D%0Aset-cookie:%20b"),),
        raw=answers(200, headers={"x-value": "a\r\nset-cookie: b"}),
        starlette=answers(200, headers={"x-value": "a\r\nset-cookie: b"}),
        django=answers(500, absent=("x-value",), raises=""),
        layer="http",
        source=Source(RESPONSE, "ResponseHeaders._convert_to_charset"),
        ablation=replace(
            "django.http.response.ResponseHeaders._convert_to_charset",
            "asgi_compare.laboratory.django_lab.without:field_check",
            answers(200, headers={"x-value": "a\r\nset-cookie: b"}),
            "leave the value as it is",
        ),
        elsewhere=Elsewhere(
            "Nothing is checked; most servers do.",
            "Raise if a field has a CR, an LF or a NUL in it: raw_lab/fields.py.",
            raw_application="with_unbroken_fields",
            outcome=answers(500, absent=("x-value",), raises="ValueError"),
        ),
        in_process_only=SERVERS_REFUSE,
    ),
    Behaviour(
        "response-safety/beyond-latin-1",
        "A header field has bytes, and not every text becomes bytes.",
        (ask("/lab/field?value=%E2%82%AC"),),
        raw=answers(500, raises="UnicodeEncodeError"),
        starlette=answers(500, raises="UnicodeEncodeError"),
        django=answers(200, headers={"x-value": "=?utf-8?b?4oKs?="}),
        layer="http",
        source=Source(RESPONSE, "ResponseHeaders._convert_to_charset"),
        ablation=replace(
            "django.http.response.ResponseHeaders._convert_to_charset",
            "asgi_compare.laboratory.django_lab.without:field_check",
            answers(500, raises="UnicodeEncodeError"),
            "leave the value as it is",
        ),
        elsewhere=Elsewhere(
            "email.header.Header(value, 'utf-8').encode().", "The same."
        ),
        note="Encoded as in a mail, which no browser takes apart in HTTP.",
    ),
    Behaviour(
        "response-safety/line-break-in-a-redirect",
        "Where to go often comes from a query.",
        (ask("/lab/go?to=/a%0D%0Ab"),),
        raw=answers(302, headers={"location": "/a\r\nb"}),
        starlette=answers(302, headers={"location": "/a%0D%0Ab"}),
        django=answers(302, headers={"location": "/a%0D%0Ab"}),
        layer="http",
        source=Source("django/utils/encoding.py", "iri_to_uri"),
        ablation=replace(
            "django.http.response.iri_to_uri",
            "asgi_compare.laboratory.django_lab.without:change",
            answers(500),
            "leave the Location as it is",
        ),
        elsewhere=Elsewhere("It quotes as well.", "urllib.parse.quote."),
        in_process_only=SERVERS_REFUSE,
        note="Without the quoting the check of every field still refuses it.",
    ),
    Behaviour(
        "response-safety/redirect-to-a-script",
        "A link to `javascript:` runs on the page that it is on.",
        (ask("/lab/go?to=javascript:alert(1)"),),
        raw=answers(302, headers={"location": "javascript:alert(1)"}),
        starlette=answers(302, headers={"location": "javascript:alert(1)"}),
        django=answers(400, absent=("location",)),
        layer="http",
        source=Source(RESPONSE, "HttpResponseRedirectBase.__init__"),
        ablation=replace(
            "django.http.response.HttpResponseRedirect.allowed_schemes",
            ["javascript"],
            answers(302, headers={"location": "javascript:alert(1)"}),
            "allow the scheme",
        ),
        elsewhere=Elsewhere(
            "urlsplit(to).scheme in ('', 'http', 'https').", "The same."
        ),
    ),
    Behaviour(
        "response-safety/redirect-elsewhere",
        "A link to us that leads to somebody else makes visitors trust the wrong one.",
        (ask("/lab/go-safely?to=//evil.example/"),),
        raw=answers(302, headers={"location": "//evil.example/"}),
        starlette=answers(302, headers={"location": "//evil.example/"}),
        django=answers(302, headers={"location": "/"}),
        layer="http",
        source=Source("django/utils/http.py", "url_has_allowed_host_and_scheme"),
        ablation=instead(
            "/lab/go?to=//evil.example/",
            answers(302, headers={"location": "//evil.example/"}),
            "redirect without asking url_has_allowed_host_and_scheme",
        ),
        elsewhere=Elsewhere(
            "Nothing for it; look whether the URL has a host.",
            "The same; and beware of backslashes and of control characters.",
        ),
        note="HttpResponseRedirect itself goes anywhere: the view has to ask.",
    ),
    Behaviour(
        "response-safety/cookie-attributes",
        "A cookie without a path counts only below the page that has set it.",
        (ask("/lab/cookie"),),
        raw=answers(cookies={"pref": ""}),
        starlette=answers(cookies={"pref": "Path=/; SameSite=lax"}),
        django=answers(cookies={"pref": "Path=/"}),
        layer="http",
        source=Source(RESPONSE, "HttpResponseBase.set_cookie"),
        ablation=replace(
            "django.http.response.HttpResponseBase.set_cookie",
            "asgi_compare.laboratory.django_lab.without:cookie_attributes",
            answers(cookies={"pref": ""}),
            "set no attributes",
        ),
        elsewhere=Elsewhere(
            "response.set_cookie, with SameSite=lax besides.",
            "Write them: `; Path=/; SameSite=Lax; HttpOnly; Secure`.",
        ),
        note="Django sets SameSite for its own cookies, but not for those of a view.",
    ),
    Behaviour(
        "response-safety/semicolon-in-a-cookie",
        "A semicolon ends a cookie's value; what comes after it would be an attribute.",
        (ask("/lab/cookie?value=a%3B%20Domain%3Devil.example"),),
        raw=answers(cookies={"pref": "Domain=evil.example"}),
        starlette=answers(cookies={"pref": "Path=/; SameSite=lax"}),
        django=answers(cookies={"pref": "Path=/"}),
        layer="http",
        source=Source(RESPONSE, "HttpResponseBase.set_cookie"),
        ablation=replace(
            "http.cookies.SimpleCookie.value_encode",
            "asgi_compare.laboratory.django_lab.without:quoting",
            answers(cookies={"pref": "Domain=evil.example; Path=/"}),
            "do not quote the value",
        ),
        elsewhere=Elsewhere("It quotes as well.", "http.cookies.SimpleCookie quotes."),
        note="The standard library does it; Django sees to it that it is asked.",
    ),
    Behaviour(
        "response-safety/two-cookie-fields",
        "HTTP/2 may send each cookie in a field of its own, and whoever puts them "
        "together must do it with a semicolon.",
        (ask("/cookies", more=((b"cookie", b"a=1"), (b"cookie", b"b=2"))),),
        raw=answers(json={"cookies": {"a": "1", "b": "2"}}),
        starlette=answers(json={"cookies": {"a": "1", "b": "2"}}),
        django=answers(json={"cookies": {"a": "1,b=2"}}),
        wsgi=OF_THE_SERVER,
        layer="handler",
        source=Source("django/core/handlers/asgi.py", "ASGIRequest.__init__"),
        ablation=Ablation(
            "join the Cookie fields before Django sees them",
            answers(json={"cookies": {"a": "1", "b": "2"}}),
            application="with_one_cookie_field",
        ),
        elsewhere=Elsewhere(
            "It joins them as it should.", "asgi_raw/endpoints/fields.py."
        ),
        until="6.0",
        later=answers(json={"cookies": {"a": "1", "b": "2"}}),
        note="Django 5.2 joins all repeated fields by a comma; 6.0 joins Cookie by a "
        "semicolon.",
    ),
    Behaviour(
        "response-safety/repeated-field",
        "A field may come more than once, and then one value may hide the other.",
        (ask("/inspect/x", more=((b"x-one", b"a"), (b"x-one", b"b"))),),
        raw=answers(json={"x_headers": [["x-one", "a"], ["x-one", "b"]]}),
        starlette=answers(json={"x_headers": [["x-one", "a"], ["x-one", "b"]]}),
        django=answers(json={"x_headers": [["x-one", "a,b"]]}),
        layer="handler",
        source=Source("django/core/handlers/asgi.py", "ASGIRequest.__init__"),
        ablation=Ablation(
            "leave only the first of several fields before Django sees them",
            answers(json={"x_headers": [["x-one", "a"]]}),
            application="with_first_fields",
        ),
        elsewhere=Elsewhere("request.headers.getlist(name).", "scope['headers']."),
    ),
    Behaviour(
        "response-safety/underscore-in-a-field",
        "In META, X_Real_Ip and X-Real-Ip have the same name: a client could pretend "
        "to be the proxy.",
        (ask("/inspect/x", more=((b"x_real_ip", b"6.6.6.6"),)),),
        raw=answers(json={"x_headers": [["x_real_ip", "6.6.6.6"]]}),
        starlette=answers(json={"x_headers": [["x_real_ip", "6.6.6.6"]]}),
        django=answers(json={"x_headers": []}),
        wsgi=OF_THE_SERVER,
        layer="handler",
        source=Source("django/core/handlers/asgi.py", "ASGIRequest.__init__"),
        ablation=Ablation(
            "write a hyphen for the underscore before Django sees it",
            answers(json={"x_headers": [["x-real-ip", "6.6.6.6"]]}),
            application="with_hyphens",
        ),
        elsewhere=Elsewhere(
            "Names keep their underscores, and are not mixed up.", "The same."
        ),
    ),
    Behaviour(
        "response-safety/markup-in-a-page",
        "What a visitor has typed is text; on a page it must not become a script.",
        (ask("/lab/greeting?name=%3Cscript%3E"),),
        raw=answers(mentions=("<script>",)),
        starlette=answers(mentions=("<script>",)),
        django=answers(mentions=("&lt;script&gt;",), hides=("<script>",)),
        layer="templates",
        source=Source("django/template/base.py", "render_value_in_context"),
        ablation=replace(
            "django.template.base.conditional_escape",
            "asgi_compare.laboratory.django_lab.without:change",
            answers(mentions=("<script>",)),
            "do not escape",
        ),
        elsewhere=Elsewhere(
            "Jinja2Templates, which escapes in .html files.", "html.escape, each time."
        ),
        note="The pages without a template engine paste, and nobody reminds them.",
    ),
)
