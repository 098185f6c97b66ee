"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from shiliu.grid.scopes import works_only_outside


class StaffAdapter(DefaultAccountAdapter):
    """Accounts are given by the administrator; nobody signs up."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever works on the round arrives there, everybody else at the desk."""
        return reverse("field:start" if works_only_outside(request.user) else settings.LOGIN_REDIRECT_URL)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What a wrong password counts against: the account alone.

        Allauth's own key has the Host header in it, port and all: each port was five more tries.
        """
        return str(credentials.get("username", "")).upper().lower()  # as the database compares: ı is I is i

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No “signed in as …” banner: the page itself shows who is signed in."""
