"""Background work of requests."""

from django_tasks import task

from shiliu.core import search
from shiliu.requests.models import Request


@task()
def index(code: str) -> None:
    """Put a request's words into the search. Safe to run twice."""
    request = Request.objects.get(code=code)
    search.index("requests.request", code, at=request.received_at, text=findable(request))


def findable(request: Request) -> str:
    """The words under which a request is found."""
    return f"{request.code} {request.words}"
