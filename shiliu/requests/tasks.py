"""Background work of requests."""

from django_tasks import task

from shiliu.core import search
from shiliu.requests.models import Request


@task()
def index(code: str) -> None:
    """Make a request's words findable, and give it to whom an automatic rule names. Safe to run twice."""
    from shiliu.requests.actions.routed import at_once  # the actions enqueue this task

    request = Request.objects.get(code=code)
    search.index("requests.request", code, at=request.received_at, text=findable(request))
    at_once(request)


def findable(request: Request) -> str:
    """The words under which a request is found."""
    return f"{request.code} {request.words}"
