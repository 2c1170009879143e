"""What Django adds to a response, what it refuses, and how it writes what it sends."""

from asgi_compare.judge.comparison.known_differences.row import KnownDifference

BOTH = ("django-asgi", "django-wsgi")
ASGI = ("django-asgi",)
WSGI = ("django-wsgi",)
CONTENT = ("body", "pieces", "events", "header:content-type", "header:content-length")
PAGE = ("body", "events", "header:content-type", "header:content-length")
JSON = (
    "json_message/*",
    "item/*",
    "inspect/*",
    "cookies/*",
    "form/*",
    "csrf_form/*",
    "upload/*",
    "log/*",
    "poll/*",
    "announce/*",
    "sequential/*",
    "concurrent/*",
    "mock_api/*",
    "background/*",
    "cpu/*",
    "state/*",
    "lifespan/*",
    "open_account/*",
    "balance/*",
    "transfer/*",
    "statement/*",
    "report/*",
    "slow_query/*",
    "start_job/*",
    "job/*",
    "job_result/*",
    "cancel_job/*",
    "job_events/unknown",
    "article/*",
)

DJANGO = (
    # What the middleware refuses.
    KnownDifference(
        scenario=("hello/unknown_method", "item/unknown_method"),
        implementation=BOTH,
        what=("status",),
        layer="CsrfViewMiddleware",
        why=(
            "Every method that is not GET, HEAD, OPTIONS or TRACE needs a token, and "
            "the guard comes before the view that would answer 405."
        ),
        source="django/middleware/csrf.py: CsrfViewMiddleware.process_view",
    ),
    KnownDifference(
        scenario=("csrf_form/without_token",),
        implementation=BOTH,
        what=("status",),
        layer="CsrfViewMiddleware",
        why=(
            "A form without the cookie and the token of a page of ours is refused with "
            "403; nobody else here has such a guard."
        ),
        source="django/middleware/csrf.py: CsrfViewMiddleware.process_view",
    ),
    # What the middleware adds.
    KnownDifference(
        scenario=("*",),
        implementation=BOTH,
        what=(
            "header:x-content-type-options",
            "header:referrer-policy",
            "header:cross-origin-opener-policy",
        ),
        layer="SecurityMiddleware",
        why="The middleware of startproject adds protective header fields.",
        source="django/middleware/security.py: SecurityMiddleware.process_response",
    ),
    KnownDifference(
        scenario=("*",),
        implementation=BOTH,
        what=("header:x-frame-options",),
        layer="XFrameOptionsMiddleware",
        why="The middleware of startproject forbids framing.",
        source=(
            "django/middleware/clickjacking.py: "
            "XFrameOptionsMiddleware.process_response"
        ),
    ),
    KnownDifference(
        scenario=(
            "status/no_content",
            "status/not_modified",
            "poll/time_out",
            "file/if_none_match",
            "file/if_modified_since",
            "article/known",
        ),
        implementation=BOTH,
        what=("header:content-length",),
        layer="CommonMiddleware",
        why=(
            "Content-Length is added to each response that is not streamed, also to "
            "204, where RFC 9110 section 8.6 forbids it, and to 304, where it should "
            "be that of the 200."
        ),
        source="django/middleware/common.py: CommonMiddleware.process_response",
    ),
    KnownDifference(
        scenario=(
            "status/no_content",
            "status/not_modified",
            "redirect/get",
            "poll/time_out",
        ),
        implementation=BOTH,
        what=("header:content-type",),
        layer="HttpResponse",
        why=(
            "Every response has a Content-Type, HTML if none is given, even without a "
            "body."
        ),
        source="django/http/response.py: HttpResponseBase.__init__",
    ),
    KnownDifference(
        scenario=("*",),
        implementation=BOTH,
        what=("header:order",),
        layer="the response and its middleware",
        why=(
            "Fields stand in the order in which the response, then each middleware, "
            "set them, and Set-Cookie stands last; their order means nothing (RFC "
            "9110 section 5.3)."
        ),
        source=(
            "django/core/handlers/asgi.py: ASGIHandler.send_response; "
            "django/core/handlers/wsgi.py: WSGIHandler.__call__"
        ),
    ),
    # Error pages.
    KnownDifference(
        scenario=("*/options", "only_post/*"),
        implementation=BOTH,
        what=CONTENT,
        layer="django.views.decorators.http",
        why="405 comes without a body, and with Django's default Content-Type.",
        source="django/http/response.py: HttpResponseNotAllowed",
    ),
    KnownDifference(
        scenario=(
            "not_found/*",
            "item/not_an_integer",
            "item/arabic_digits",
            "item/encoded_slash",
            "item/encoded_newline",
        ),
        implementation=BOTH,
        what=PAGE,
        layer="django.views.defaults",
        why="404 is a page of HTML.",
        source="django/views/defaults.py: page_not_found",
    ),
    KnownDifference(
        scenario=("error/before_the_response",),
        implementation=BOTH,
        what=("body", "header:content-type"),
        layer="django.views.defaults",
        why="500 is a page of HTML.",
        source="django/views/defaults.py: server_error",
    ),
    KnownDifference(
        scenario=("error/before_the_response",),
        implementation=BOTH,
        what=("ending",),
        layer="django.core.handlers",
        why="The exception ends in a log record; the server does not see it.",
        source="django/core/handlers/exception.py: response_for_exception",
    ),
    # HEAD.
    KnownDifference(
        scenario=("*/head",),
        implementation=ASGI,
        what=("events",),
        layer="ASGIHandler",
        why="HEAD is answered as GET, with the body; the server has to cut it off.",
        source="django/core/handlers/asgi.py: ASGIHandler.send_response",
    ),
    # Header fields and cookies.
    KnownDifference(
        scenario=("headers/*",),
        implementation=BOTH,
        what=("header:x-repeat",),
        layer="ResponseHeaders",
        why=(
            "A response holds each field name once, so two values can only be joined "
            "by a comma."
        ),
        source="django/http/response.py: ResponseHeaders.__setitem__",
    ),
    KnownDifference(
        scenario=("headers/*", "cookies/set"),
        implementation=WSGI,
        what=("header:set-cookie",),
        layer="WSGIHandler",
        why=(
            "Django 5.2 leaves a blank in front of the value of Set-Cookie, which a "
            "server sends as a second blank after the colon."
        ),
        source="django/core/handlers/wsgi.py: WSGIHandler.__call__",
        only=("django<6",),
    ),
    # Files.
    KnownDifference(
        scenario=("file/*",),
        implementation=BOTH,
        what=("header:content-disposition",),
        layer="FileResponse",
        why="A file is sent with its name.",
        source="django/http/response.py: FileResponse.set_headers",
    ),
    KnownDifference(
        scenario=("file/range", "file/suffix_range", "file/range_past_the_end"),
        implementation=BOTH,
        what=("status",),
        layer="FileResponse",
        why=(
            "There are no ranges: the field is ignored, as RFC 9110 section 14.2 "
            "allows."
        ),
        source="django/http/response.py: FileResponse",
    ),
    KnownDifference(
        scenario=("file/*",),
        implementation=BOTH,
        what=("header:accept-ranges",),
        layer="FileResponse",
        why="There are no ranges, so none are offered.",
        source="django/http/response.py: FileResponse",
    ),
    KnownDifference(
        scenario=(
            "file/get",
            "file/older_copy",
            "file/malformed_range",
            "file/backwards_range",
            "file/head_with_range",
        ),
        implementation=ASGI,
        what=("events",),
        layer="ASGIHandler",
        why="A streamed response ends with an event of its own, without a body.",
        source="django/core/handlers/asgi.py: ASGIHandler.send_response",
    ),
    # JSON.
    KnownDifference(
        scenario=JSON,
        implementation=BOTH,
        what=("json:spelling", "header:content-length"),
        layer="JsonResponse",
        why=(
            "Django writes JSON in ASCII, with escapes, and with a blank after each "
            "comma and colon; so it is longer."
        ),
        source="django/http/response.py: JsonResponse.__init__",
    ),
    KnownDifference(
        scenario=("start_job/fifty_at_once",),
        implementation=BOTH,
        what=("pieces",),
        layer="JsonResponse",
        why="A blank after each colon makes the one piece longer.",
        source="django/http/response.py: JsonResponse.__init__",
    ),
    # Caches.
    KnownDifference(
        scenario=("article/*",),
        implementation=BOTH,
        what=("header:expires",),
        layer="cache_page",
        why=("Expires is added to what is kept, for clients that do not know max-age."),
        source="django/utils/cache.py: patch_response_headers",
    ),
    KnownDifference(
        scenario=("article/*",),
        implementation=BOTH,
        what=("header:age",),
        layer="cache_page",
        why="An answer that was kept says for how long, as RFC 9111 section 5.1 asks.",
        source="django/middleware/cache.py: FetchFromCacheMiddleware.process_request",
    ),
    KnownDifference(
        scenario=("article/other_language",),
        implementation=BOTH,
        what=("body.language", "body.text", "body.made", "header:etag"),
        layer="cache_page",
        why=(
            "With USE_I18N, which startproject has, the language that Django itself "
            "has chosen stands in the key in place of Accept-Language. Without "
            "LocaleMiddleware it is always the same, and a client gets the answer in "
            "another one's language."
        ),
        source="django/utils/cache.py: learn_cache_key",
    ),
)
