"""What Django makes of a request: parameters, forms, uploads, and their limits.

Most views here do nothing but ask for a part of the request: Django reads it then, and
looks at its limits then. Those that take a POST are exempt from the guard against
forged forms, so that one thing is seen at a time; all but `guarded_form`.
"""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

CALLED: list[str] = []
"""Calls of `early` since `was_called` was asked last."""


class OrderForm(forms.Form):
    """What somebody may order."""

    email = forms.EmailField()
    pieces = forms.IntegerField(min_value=1, max_value=9)


def count_parameters(request: HttpRequest) -> HttpResponse:
    """Return how many query parameters there are, and what the first says."""
    values = [value for each in request.GET.lists() for value in each[1]]
    first = values[0] if values else ""
    return JsonResponse({"parameters": len(values), "first": first})


@csrf_exempt
def count_fields(request: HttpRequest) -> HttpResponse:
    """Return how many fields and files a form has, and where Django keeps the files."""
    files = [file for _, each in request.FILES.lists() for file in each]
    return JsonResponse(
        {
            "fields": len(request.POST),
            "files": [file.name for file in files],
            "in_memory": [isinstance(file, InMemoryUploadedFile) for file in files],
        }
    )


@csrf_exempt
def measure_body(request: HttpRequest) -> HttpResponse:
    """Return how long the body is."""
    return JsonResponse({"length": len(request.body)})


def guarded_form(request: HttpRequest) -> HttpResponse:
    """Take a form, if it comes from a page of ours."""
    return JsonResponse({"taken": request.method})


@require_GET
def only_get(request: HttpRequest) -> HttpResponse:
    """Answer GET and nothing else."""
    return JsonResponse({"method": request.method})


def any_method(request: HttpRequest) -> HttpResponse:
    """Answer whatever comes: a plain function looks at no method by itself."""
    return JsonResponse({"method": request.method})


def give_token(request: HttpRequest) -> HttpResponse:
    """Return the token for a form, which is another one each time it is asked for."""
    token, again = get_token(request), get_token(request)
    return JsonResponse({"token": token, "masked_anew": token != again})


def own_address(request: HttpRequest) -> HttpResponse:
    """Return where the client thinks it is, and whether the way there is safe."""
    where = request.build_absolute_uri("/here")
    return JsonResponse(
        {
            "url": where,
            "secure": request.is_secure(),
            "client": request.META["REMOTE_ADDR"],
        }
    )


@csrf_exempt
def order(request: HttpRequest) -> HttpResponse:
    """Take an order, or say what is wrong with it."""
    form = OrderForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    return JsonResponse({"ordered": form.cleaned_data["pieces"]})


@csrf_exempt
def early(request: HttpRequest) -> HttpResponse:
    """Answer at once, and look at nothing of the body."""
    CALLED.append(request.path)
    return HttpResponse("no, thank you", content_type="text/plain; charset=utf-8")


def was_called(request: HttpRequest) -> HttpResponse:
    """Return whether `early` was called."""
    called = bool(CALLED)
    CALLED.clear()
    return JsonResponse({"called": called})
