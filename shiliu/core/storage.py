"""Where files lie that not everybody may see."""

from typing import Any

from django.core.files.storage import FileSystemStorage, Storage, storages


class PrivateStorage(FileSystemStorage):
    """Files without an address: only a view that has asked who may see them gives them out."""

    def url(self, name: Any) -> str:
        raise ValueError("A private file has no address of its own; a view gives it out.")


def private() -> Storage:
    """The storage for a model's field: `FileField(storage=private)`, so that a migration holds no path."""
    return storages["private"]
