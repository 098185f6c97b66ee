"""Requests in the JSON API for staff."""

from shiliu.requests.api import beside, calls, endpoints, messages, parts

router = endpoints.router
for _beside in (messages, beside, parts, calls):
    router.add_router("", _beside.router)

__all__ = ["router"]
