"""Whether this machine can make the report as PDF, and charts as PNG."""

import shutil
import subprocess
from collections.abc import Iterator
from ctypes.util import find_library
from importlib.util import find_spec

from django.utils.translation import gettext as _

from shiliu.core import doctor
from shiliu.core.doctor import Finding

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
