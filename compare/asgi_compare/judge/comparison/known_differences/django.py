"""What Django adds to a response, what it refuses, and how it writes what it sends."""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

BOTH = "django-asgi django-wsgi"
ASGI = "django-asgi"
WSGI = "django-wsgi"
CONTENT = "body pieces events header?content-type header?content-length"
PAGE = "body events header?content-type header?content-length"
JSON = (
    "json_message/* item/* inspect/* cookies/* form/* csrf_form/* upload/* log/* "
    "poll/* announce/* sequential/* concurrent/* mock_api/* background/* cpu/* state/* "
    "lifespan/*"
)

DJANGO = (
    # What the middleware refuses.
    KnownDifference(
        "hello/unknown_method item/unknown_method",
        BOTH,
        "status",
        "CsrfViewMiddleware",
        "Every method that is not GET, HEAD, OPTIONS or TRACE needs a token, and the "
        "guard comes before the view that would answer 405.",
        "django/middleware/csrf.py: CsrfViewMiddleware.process_view",
    ),
    KnownDifference(
        "csrf_form/without_token",
        BOTH,
        "status",
        "CsrfViewMiddleware",
        "A form without the cookie and the token of a page of ours is refused with "
        "403; nobody else here has such a guard.",
        "django/middleware/csrf.py: CsrfViewMiddleware.process_view",
    ),
    # What the middleware adds.
    KnownDifference(
        "*",
        BOTH,
        "header?x-content-type-options header?referrer-policy "
        "header?cross-origin-opener-policy",
        "SecurityMiddleware",
        "The middleware of startproject adds protective header fields.",
        "django/middleware/security.py: SecurityMiddleware.process_response",
    ),
    KnownDifference(
        "*",
        BOTH,
        "header?x-frame-options",
        "XFrameOptionsMiddleware",
        "The middleware of startproject forbids framing.",
        "django/middleware/clickjacking.py: XFrameOptionsMiddleware.process_response",
    ),
    KnownDifference(
        "status/no_content status/not_modified poll/time_out "
        "file/if_none_match file/if_modified_since",
        BOTH,
        "header?content-length",
        "CommonMiddleware",
        "Content-Length is added to each response that is not streamed, also to 204, "
        "where RFC 9110 section 8.6 forbids it, and to 304, where it should be that "
        "of the 200.",
        "django/middleware/common.py: CommonMiddleware.process_response",
    ),
    KnownDifference(
        "status/no_content status/not_modified redirect/get poll/time_out",
        BOTH,
        "header?content-type",
        "HttpResponse",
        "Every response has a Content-Type, HTML if none is given, even without a "
        "body.",
        "django/http/response.py: HttpResponseBase.__init__",
    ),
    KnownDifference(
        "*",
        BOTH,
        "header?order",
        "the response and its middleware",
        "Fields stand in the order in which the response, then each middleware, set "
        "them, and Set-Cookie stands last; their order means nothing (RFC 9110 "
        "section 5.3).",
        "django/core/handlers/asgi.py: ASGIHandler.send_response; "
        "django/core/handlers/wsgi.py: WSGIHandler.__call__",
    ),
    # Error pages.
    KnownDifference(
        "*/options only_post/*",
        BOTH,
        CONTENT,
        "django.views.decorators.http",
        "405 comes without a body, and with Django's default Content-Type.",
        "django/http/response.py: HttpResponseNotAllowed",
    ),
    KnownDifference(
        "not_found/* item/not_an_integer item/arabic_digits item/encoded_slash "
        "item/encoded_newline",
        BOTH,
        PAGE,
        "django.views.defaults",
        "404 is a page of HTML.",
        "django/views/defaults.py: page_not_found",
    ),
    KnownDifference(
        "error/before_the_response",
        BOTH,
        "body header?content-type",
        "django.views.defaults",
        "500 is a page of HTML.",
        "django/views/defaults.py: server_error",
    ),
    KnownDifference(
        "error/before_the_response",
        BOTH,
        "ending",
        "django.core.handlers",
        "The exception ends in a log record; the server does not see it.",
        "django/core/handlers/exception.py: response_for_exception",
    ),
    # HEAD.
    KnownDifference(
        "*/head",
        ASGI,
        "events",
        "ASGIHandler",
        "HEAD is answered as GET, with the body; the server has to cut it off.",
        "django/core/handlers/asgi.py: ASGIHandler.send_response",
    ),
    # Header fields and cookies.
    KnownDifference(
        "headers/*",
        BOTH,
        "header?x-repeat",
        "ResponseHeaders",
        "A response holds each field name once, so two values can only be joined by "
        "a comma.",
        "django/http/response.py: ResponseHeaders.__setitem__",
    ),
    KnownDifference(
        "headers/* cookies/set",
        WSGI,
        "header?set-cookie",
        "WSGIHandler",
        "Django 5.2 leaves a blank in front of the value of Set-Cookie, which a server "
        "sends as a second blank after the colon.",
        "django/core/handlers/wsgi.py: WSGIHandler.__call__",
        only="django<6",
    ),
    # Files.
    KnownDifference(
        "file/*",
        BOTH,
        "header?content-disposition",
        "FileResponse",
        "A file is sent with its name.",
        "django/http/response.py: FileResponse.set_headers",
    ),
    KnownDifference(
        "file/range file/suffix_range file/range_past_the_end",
        BOTH,
        "status",
        "FileResponse",
        "There are no ranges: the field is ignored, as RFC 9110 section 14.2 allows.",
        "django/http/response.py: FileResponse",
    ),
    KnownDifference(
        "file/*",
        BOTH,
        "header?accept-ranges",
        "FileResponse",
        "There are no ranges, so none are offered.",
        "django/http/response.py: FileResponse",
    ),
    KnownDifference(
        "file/get file/older_copy file/malformed_range file/backwards_range "
        "file/head_with_range",
        ASGI,
        "events",
        "ASGIHandler",
        "A streamed response ends with an event of its own, without a body.",
        "django/core/handlers/asgi.py: ASGIHandler.send_response",
    ),
    # JSON.
    KnownDifference(
        JSON,
        BOTH,
        "json?spelling header?content-length",
        "JsonResponse",
        "Django writes JSON in ASCII, with escapes, and with a blank after each comma "
        "and colon; so it is longer.",
        "django/http/response.py: JsonResponse.__init__",
    ),
)
