"""What the web processes have to know of pages in order to keep them ready."""

from django.db import models


class PagesState(models.Model):
    """One row, whose token the database changes with each change of a page: see `core.reference`."""

    token = models.CharField(max_length=40)
