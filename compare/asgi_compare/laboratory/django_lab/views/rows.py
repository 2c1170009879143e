"""The database: transactions, and where the ORM runs."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from asgi_compare.laboratory.django_lab.models import Note


def find_row(request: HttpRequest) -> HttpResponse:
    """Return whether a note has this title."""
    return JsonResponse({"found": _is_there(request)})


def _is_there(request: HttpRequest) -> bool:
    return Note.objects.filter(title=request.GET.get("title", "")).exists()


def pasted_query(request: HttpRequest) -> HttpResponse:
    """Do the same as nobody should: with what was asked pasted into the query."""
    title = request.GET.get("title", "")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM lab_note WHERE title = '{title}'")
        return JsonResponse({"found": cursor.fetchone()[0] > 0})


@csrf_exempt
def write_and_fail(request: HttpRequest) -> HttpResponse:
    """Write a note, and then fail."""
    Note.objects.create(title=request.GET.get("title", ""))
    raise RuntimeError("after the note was written")


@csrf_exempt
def write_two(request: HttpRequest) -> HttpResponse:
    """Write a note in a transaction that fails, and say whether it is there."""
    try:
        with transaction.atomic():
            Note.objects.create(title=request.GET.get("title", ""))
            raise RuntimeError("in the middle of a transaction")
    except RuntimeError:
        return JsonResponse({"found": _is_there(request)})


@csrf_exempt
def write_one(request: HttpRequest) -> HttpResponse:
    """Do the same without a transaction."""
    Note.objects.create(title=request.GET.get("title", ""))
    return JsonResponse({"found": _is_there(request)})


async def async_transaction(request: HttpRequest) -> HttpResponse:
    """Open a transaction in an async view."""
    with transaction.atomic():
        return JsonResponse({"rows": await Note.objects.acount()})


async def wrapped_transaction(request: HttpRequest) -> HttpResponse:
    """Open one as the documentation says: in a sync function, in another thread."""
    return JsonResponse({"first": await sync_to_async(_first_in_transaction)()})


@transaction.atomic
def _first_in_transaction() -> str:
    return Note.objects.order_by("pk")[0].title


async def sync_query(request: HttpRequest) -> HttpResponse:
    """Ask the database in an async view without `await`."""
    return JsonResponse({"first": Note.objects.get(pk=1).title})


async def where_queries_run(request: HttpRequest) -> HttpResponse:
    """Return where an awaited query runs."""
    await Note.objects.aget(pk=1)
    return JsonResponse({"query_on_the_loop": Note.loaded_on_a_loop})
