"""What Django makes of an answer: header fields, redirects, cookies, pages, errors."""

from __future__ import annotations

from secrets import token_hex

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files.storage import FileSystemStorage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.cache import cache_page, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.debug import sensitive_variables

from asgi_compare.domain import SAMPLE
from asgi_compare.laboratory.django_lab import watching
from asgi_compare.laboratory.django_lab.views.ladder import TEXT

STORAGE = FileSystemStorage(location=SAMPLE.parent)
"""Where files are kept, such as uploads; here it is only read from."""
LONG = "All work and no play makes Jack a dull boy. " * 120


def set_field(request: HttpRequest) -> HttpResponse:
    """Answer with a header field whose value came from the query."""
    return HttpResponse("ok", headers={"X-Value": request.GET.get("value", "")})


def go(request: HttpRequest) -> HttpResponse:
    """Redirect to where the query says."""
    return HttpResponseRedirect(request.GET.get("to", "/"))


def go_safely(request: HttpRequest) -> HttpResponse:
    """Redirect to where the query says, if it is a place of ours."""
    to = request.GET.get("to", "/")
    ours = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(to if ours else "/")


def set_cookie(request: HttpRequest) -> HttpResponse:
    """Set a cookie to what the query says."""
    response = HttpResponse("ok")
    response.set_cookie("pref", request.GET.get("value", "1"))
    return response


def plain_page(request: HttpRequest) -> HttpResponse:
    """Answer with a page, and say nothing about what it is."""
    return HttpResponse("<h1>a page</h1>")


def with_slash(request: HttpRequest) -> HttpResponse:
    """Answer under a path that ends with a slash."""
    return HttpResponse("under a slash", content_type=TEXT)


@xframe_options_exempt
def framed(request: HttpRequest) -> HttpResponse:
    """Answer with a page that may be shown in a frame."""
    return HttpResponse("framed", content_type=TEXT)


def long_page(request: HttpRequest) -> HttpResponse:
    """Answer with 5,280 bytes that say the same again and again."""
    return HttpResponse(LONG, content_type=TEXT)


def greeting(request: HttpRequest) -> HttpResponse:
    """Put a name from the query into a page."""
    page = {"title": request.GET.get("name", ""), "rows": []}
    return render(request, "lab/page.html", page)


def translated(request: HttpRequest) -> HttpResponse:
    """Answer in the language of the visitor, with a phrase that Django knows."""
    return JsonResponse({"phrase": gettext("This field is required.")})


@cache_page(60)
def cached_answer(request: HttpRequest) -> HttpResponse:
    """Answer with something that is another one with each call of this view."""
    return JsonResponse({"made": token_hex()})


def uncached_answer(request: HttpRequest) -> HttpResponse:
    """Do the same without a cache."""
    return JsonResponse({"made": token_hex()})


@never_cache
def personal_answer(request: HttpRequest) -> HttpResponse:
    """Answer with something that no cache should keep."""
    return JsonResponse({"made": "for you"})


class Shelf(View):
    """A class-based view, which has a function for each method that it answers."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer GET."""
        return JsonResponse({"method": "GET"})


class GuardlessShelf(Shelf):
    """The same without the answer to OPTIONS that `View` brings."""

    http_method_names = ["get"]


@sensitive_variables("password")
def fail(request: HttpRequest) -> HttpResponse:
    """Raise, with a secret in a local variable."""
    password = "the-" + "password"
    plain = "a-plain-" + "variable"
    raise RuntimeError(f"this view always fails, with {len(password + plain)} letters")


def forbid(request: HttpRequest) -> HttpResponse:
    """Raise what becomes 403."""
    raise PermissionDenied("not you")


def miss(request: HttpRequest) -> HttpResponse:
    """Raise what becomes 404."""
    raise Http404("no such thing")


def suspect(request: HttpRequest) -> HttpResponse:
    """Raise what becomes 400."""
    raise SuspiciousOperation("this looks forged")


def seen(request: HttpRequest) -> HttpResponse:
    """Return what was seen since this was asked last."""
    return JsonResponse(watching.seen())


def stored_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with a file of the storage, which refuses names that lead out of it."""
    return FileResponse(STORAGE.open(name), content_type=TEXT)


def attachment(request: HttpRequest) -> HttpResponseBase:
    """Answer with a file to be kept, under a name from the query."""
    name = request.GET.get("name", "")
    return FileResponse(SAMPLE.open("rb"), as_attachment=True, filename=name)
