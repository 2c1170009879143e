"""Sessions, signing in, permissions, messages."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import aauthenticate, authenticate, login, logout
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.csrf import csrf_exempt

from asgi_compare.laboratory.django_lab.database import NAME, PASSWORD
from asgi_compare.laboratory.django_lab.hashing import HASHED


def count_visits(request: HttpRequest) -> HttpResponse:
    """Count the visits of this visitor."""
    visits = request.session.get("visits", 0) + 1
    request.session["visits"] = visits
    return JsonResponse({"visits": visits})


def look_only(request: HttpRequest) -> HttpResponse:
    """Look into the session, and leave it as it is."""
    return JsonResponse({"visits": request.session.get("visits", 0)})


@csrf_exempt
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign somebody in, and say which secrets have changed by that."""
    request.session["visits"] = 1
    if request.session.session_key is None:
        request.session.create()
    key, token = request.session.session_key, _secret(request)
    user = authenticate(
        request,
        username=request.POST.get("name", NAME),
        password=request.POST.get("password", PASSWORD),
    )
    if user is None:
        return JsonResponse({"signed_in": False}, status=403)
    login(request, user)
    return JsonResponse(
        {
            "signed_in": True,
            "new_session_key": request.session.session_key != key,
            "new_csrf_secret": _secret(request) != token,
            "visits_kept": request.session.get("visits") == 1,
        }
    )


def _secret(request: HttpRequest) -> object:
    """Return the secret behind the tokens, which are another one each time."""
    get_token(request)
    return request.META["CSRF_COOKIE"]


@csrf_exempt
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign the visitor out."""
    logout(request)
    return JsonResponse({"visits": request.session.get("visits", 0)})


@login_required
def private(request: HttpRequest) -> HttpResponse:
    """Answer those who are signed in."""
    return JsonResponse({"user": request.user.get_username()})


def not_so_private(request: HttpRequest) -> HttpResponse:
    """Answer everybody."""
    return JsonResponse({"user": request.user.get_username()})


@permission_required("lab.delete_note", raise_exception=True)
def permitted(request: HttpRequest) -> HttpResponse:
    """Answer those who may delete notes."""
    return JsonResponse({"may": "delete"})


def leave_message(request: HttpRequest) -> HttpResponse:
    """Leave a message for the next page."""
    messages.success(request, "saved")
    return JsonResponse({"left": 1})


def read_messages(request: HttpRequest) -> HttpResponse:
    """Read the messages, which are gone after that."""
    return JsonResponse({"messages": [str(m) for m in messages.get_messages(request)]})


@csrf_exempt
def hash_sync(request: HttpRequest) -> HttpResponse:
    """Check a password, in the thread of a sync view."""
    HASHED.clear()
    user = authenticate(
        request, username=request.GET.get("name", NAME), password=PASSWORD
    )
    return _hashed(user is not None)


@csrf_exempt
async def hash_async(request: HttpRequest) -> HttpResponse:
    """Check a password, in an async view, with the function made for that."""
    HASHED.clear()
    user = await aauthenticate(request, username=NAME, password=PASSWORD)
    return _hashed(user is not None)


def _hashed(good: bool) -> HttpResponse:
    return JsonResponse(
        {
            "good": good,
            "hashes": len(HASHED),
            "on_the_loop": any(HASHED),
        }
    )
