"""Chapter 6: what is there instead of a state: nothing. The view is sync.

Django refuses the lifespan scope, so no start-up fills a state, and no request gets
one. What has to happen once and early goes into `AppConfig.ready`. That runs before
there is an event loop, so nothing that belongs to a loop can be made there.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Answer as an application without a state does."""
    return JsonResponse({"greeting": None, "visits": 0, "visitors": 0})
