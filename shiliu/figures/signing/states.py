"""What becomes of a signing."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import audit
from shiliu.core.states import Lifecycle, Step
from shiliu.figures.signing.models import Signing

# By the system alone, and not anew by the right of whoever pressed: that was asked when they did.
FINISH = audit.verb("figures.finish_signing", _("made the signed report"), right="figures.sign")
FAIL = audit.verb("figures.fail_signing", _("could not make the signed report"), right="figures.sign")

WAITING = frozenset({Signing.State.WAITING})
LIFECYCLE = Lifecycle(
    Signing.State,
    [
        Step(FINISH, WAITING, Signing.State.SIGNED),
        Step(FAIL, WAITING, Signing.State.FAILED),
    ],
)
