"""The WSGI entry point. `shiliu serve` runs it; any other WSGI server can, as shiliu.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")

django = get_wsgi_application()

from shiliu.channel.serving import before  # noqa: E402 (needs Django's settings)
from shiliu.core.settled import settle  # noqa: E402

settle()
application = before(django)
