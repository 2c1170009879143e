"""Chapter 3: request bodies, forms and uploads. All views here are sync.

Under ASGI, Django has the whole body in a temporary file (in memory, as long as it is
small) before it looks for a view. Under WSGI it reads `wsgi.input` when the view does,
and no further than Content-Length says.
"""

from __future__ import annotations

import hashlib

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from django_app.views.http import pairs


@csrf_exempt
@require_POST
def echo(request: HttpRequest) -> HttpResponse:
    """Answer with the body.

    `read` takes a body of any size; `request.body` would refuse more than
    DATA_UPLOAD_MAX_MEMORY_SIZE, which is 2.5 MiB.
    """
    kind = request.headers.get("Content-Type", "application/octet-stream")
    return HttpResponse(request.read(), content_type=kind)


@csrf_exempt
@require_POST
def form(request: HttpRequest) -> HttpResponse:
    """Answer with the fields of a form."""
    return JsonResponse({"form": pairs(request.POST)})


@require_POST
def csrf_form(request: HttpRequest) -> HttpResponse:
    """Answer with the fields of a form that comes from a page of ours.

    The one POST that is not exempt: without the cookie and its token it ends in the
    middleware, with 403.
    """
    return JsonResponse({"form": pairs(request.POST)})


@csrf_exempt
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Answer with the fields of a multipart form, and the digests of its files.

    A body without a boundary is no form to Django: it raises at `request.POST`, and
    answers 400. One that breaks off is a form with what has arrived.
    """
    return JsonResponse(
        {
            "fields": pairs(request.POST),
            "files": [
                _described(name, file)
                for name, files in request.FILES.lists()
                for file in files
            ],
        }
    )


def _described(name: str, file: UploadedFile[bytes]) -> dict[str, object]:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return {
        "name": name,
        "filename": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": digest.hexdigest(),
    }
