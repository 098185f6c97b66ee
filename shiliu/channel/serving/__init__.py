"""Public pages of the channel, ready in each web process: read in bursts, when a group gets a link.

`middleware` says of a response how long it may be kept and which article it shows; `front` stands before
Django, answers from what is kept, and counts. What a page shows anew is seen within a second, for the
database changes a token with every change of a page. `docs/decisions/0017-reads-and-ready-pages.md` says why.
"""

from collections.abc import Callable
from typing import Any


def before(django: Callable[..., Any]) -> Callable[..., Any]:
    """The WSGI application that answers from what is kept, and the thread that counts, for this process."""
    from shiliu.channel.counting.collecting import Collector
    from shiliu.channel.serving.front import Front

    Collector().start()
    return Front(django)
