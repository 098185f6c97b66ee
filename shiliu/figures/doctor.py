"""Whether this machine makes the report as PDF and charts as PNG, and whether signed reports are intact."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from ctypes.util import find_library
from importlib.util import find_spec

from django.conf import settings
from django.utils.translation import gettext as _

from shiliu import keyring
from shiliu.core import doctor
from shiliu.core.doctor import Finding
from shiliu.figures.signing import seal
from shiliu.figures.signing.models import SignedContent

PANGO = ("pango-1.0", "pangoft2-1.0")


@doctor.check()
def paper() -> Iterator[Finding]:
    if not all(map(find_library, PANGO)):
        yield doctor.warning(
            _("The report cannot be made as PDF: Pango is missing. On Debian: apt-get install %(packages)s")
            % {"packages": "libpango-1.0-0 libpangoft2-1.0-0"}
        )
    elif not _has_chinese_font():
        yield doctor.warning(
            _("The report as PDF lacks a Chinese font. On Debian: apt-get install %(packages)s")
            % {"packages": "fonts-noto-cjk"}
        )
    else:
        yield doctor.ok(_("The report can be made as PDF."))


@doctor.check()
def pictures() -> Iterator[Finding]:
    if find_spec("resvg_py") is None:
        yield doctor.warning(
            _("Charts cannot be saved as PNG, and Word files have none: the package %(package)s is missing.")
            % {"package": "resvg_py"}
        )
    elif not _has_chinese_font():
        yield doctor.warning(
            _("Charts as PNG lack a Chinese font. On Debian: apt-get install %(packages)s")
            % {"packages": "fonts-noto-cjk"}
        )
    else:
        yield doctor.ok(_("Charts can be saved as PNG."))


def _has_chinese_font() -> bool:
    """By fontconfig's own list, where it is there; else it is not known, and nothing is said."""
    command = shutil.which("fc-list")
    if command is None:
        return True
    listed = subprocess.run([command, ":lang=zh-cn"], capture_output=True, check=False)  # noqa: S603
    return bool(listed.stdout.strip())


@doctor.check(needs=doctor.TABLES)
def signatures() -> Iterator[Finding]:
    """Every signed report by its own signature, and whether it was signed with a key of this install."""
    try:
        keys = keyring.report_keys(settings.REPORT_KEYS, settings.DATA)
    except keyring.KeyRefused as refused:
        yield doctor.warning(str(refused))
        keys = []
    ours = {keyring.public_half(key) for key in keys}
    good = faults = 0
    for content in SignedContent.objects.select_related("report").order_by("pk").iterator(chunk_size=10):
        fault = _fault(content, ours)
        if fault:
            yield doctor.problem(fault % {"code": content.report.code})
        good, faults = good + (not fault), faults + bool(fault)
    if keys and not good and not faults:
        yield doctor.ok(_("The key that signs reports is there; none was signed yet."))
    if good:
        yield doctor.ok(_("%d signed reports are as they were signed.") % good)


def _fault(content: SignedContent, ours: set[str]) -> str:
    """What is wrong with a stored document; empty where nothing is."""
    stored = content.document.encode()
    try:
        document = seal.read(stored)
    except seal.NotSigned:
        return _("The signed report %(code)s cannot be read any more. Bring it back from a backup.")
    named = (document.statement.get("code"), hashlib.sha256(stored).hexdigest())
    if not document.intact or named != (content.report.code, content.report.digest):
        return _("The signed report %(code)s is not as it was signed. Bring it back from a backup.")
    if ours and document.public_key not in ours:
        return _("The signed report %(code)s was signed with a key that is not this install's.")
    return ""
