"""Requests in the JSON API for staff."""

from shiliu.requests.api.endpoints import router

__all__ = ["router"]
