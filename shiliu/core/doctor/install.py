"""Checks of what surrounds the records: settings, folders, keys, mail, static files."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks, mail
from django.http.request import validate_host
from django.utils.translation import gettext as _

from shiliu import keyring
from shiliu.core.backup.engines import is_working, work_path
from shiliu.core.doctor import Finding, check, ok, problem, warning

MB = 1 << 20
SCARCE, TIGHT = 200 * MB, 2000 * MB  # free space on the disk
PATIENCE = 5  # seconds for another server's answer


@check()
def mode() -> Iterator[Finding]:
    if not settings.PRODUCTION:
        yield ok(_("A development install at %s. Real use sets SHILIU_ENV=production.") % settings.BASE_URL)
        return
    url = urlsplit(settings.BASE_URL)
    hosts = ", ".join(settings.ALLOWED_HOSTS)
    if not validate_host(url.hostname or "", settings.ALLOWED_HOSTS):
        yield problem(
            _("SHILIU_BASE_URL is %(url)s, but only %(hosts)s is answered. Add that host to SHILIU_HOSTS.")
            % {"url": settings.BASE_URL, "hosts": hosts}
        )
    if url.scheme != "https":
        yield warning(
            _("SHILIU_BASE_URL does not begin with https: passwords cross the network in plain text.")
        )
    elif not settings.PROXIES:
        yield warning(
            _(
                "The address is https, but SHILIU_PROXIES is 0. Give the number of proxies, or all visitors "
                "share one sign-in limit."
            )
        )
    yield ok(_("In production, at %(url)s, for %(hosts)s.") % {"url": settings.BASE_URL, "hosts": hosts})


@check()
def system() -> Iterator[Finding]:
    """What the program says of itself when it starts."""
    found = checks.run_checks()
    for message in found:
        if message.is_serious():
            yield problem(f"{message.id or ''} {message.msg} {message.hint or ''}".strip())
    if not any(message.is_serious() for message in found):
        yield ok(_("The program's own start-up checks pass."))


@check()
def folders() -> Iterator[Finding]:
    for folder in (settings.DATA, settings.MEDIA_ROOT, settings.PRIVATE_ROOT):
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            yield problem(
                _(
                    "%(folder)s cannot be written (%(why)s). Run `shiliu setup`, or give this account the "
                    "right to."
                )
                % {"folder": folder, "why": error.strerror}
            )
        else:
            yield ok(_("%s can be written.") % folder)


@check()
def disk() -> Iterator[Finding]:
    if not Path(settings.DATA).is_dir():
        return
    free = shutil.disk_usage(settings.DATA).free
    told = {"free": free // MB, "folder": settings.DATA}
    if free < SCARCE:
        yield problem(
            _("%(free)d MB are free at %(folder)s: writing will soon fail. Make room on this disk.") % told
        )
    elif free < TIGHT:
        yield warning(
            _("%(free)d MB are free at %(folder)s. A backup needs room for a copy of the database.") % told
        )
    else:
        yield ok(_("%(free)d MB are free at %(folder)s.") % told)


@check()
def leftovers() -> Iterator[Finding]:
    work = work_path(settings.DATA)
    if work.is_dir() and any(work.iterdir()) and not is_working(settings.DATA):
        yield warning(
            _("A backup was interrupted and left a plain copy in %s. The next backup removes it.") % work
        )


@check()
def keys() -> Iterator[Finding]:
    if open_to_others := keyring.readable_by_others(settings.DATA):
        yield problem(
            _("Other accounts of this machine can read %(paths)s. Type: chmod -R go= %(folder)s")
            % {
                "paths": ", ".join(path.name for path in open_to_others),
                "folder": keyring.folder(settings.DATA),
            }
        )
    else:
        yield ok(_("The keys are there, and only this account can read them."))


@check()
def recovery() -> Iterator[Finding]:
    try:
        keyring.recipient(settings.DATA)
    except keyring.KeyRefused as refusal:
        yield warning(str(refusal))
        return
    if keyring.recovery_is_saved(settings.DATA):
        yield ok(_("The recovery key of backups was copied away."))
    else:
        yield warning(
            _(
                "The recovery key is not known to be kept anywhere but here: if this machine is lost, so are "
                "its backups. `shiliu keys show-recovery` says what to do."
            )
        )


@check()
def outgoing_mail() -> Iterator[Finding]:
    if "smtp" not in settings.EMAIL_BACKEND:
        sentence = _("Mail is written to the log, not sent. SHILIU_MAIL_URL names a server.")
        yield warning(sentence) if settings.PRODUCTION else ok(sentence)
        return
    server = mail.get_connection(timeout=PATIENCE)
    named = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        server.open()
        server.close()
    except OSError as error:  # smtplib's errors are ones too
        yield problem(
            _("The mail server %(server)s does not accept us (%(why)s). Look at SHILIU_MAIL_URL.")
            % {"server": named, "why": error}
        )
    else:
        yield ok(_("The mail server %s accepts us.") % named)


@check()
def static_files() -> Iterator[Finding]:
    if not settings.PRODUCTION:
        return
    collected = getattr(staticfiles_storage, "hashed_files", {})
    wanted = {path for finder in get_finders() for path, _storage in finder.list([])}
    if missing := wanted - set(collected):
        yield problem(
            _("%(n)d static files are not collected, such as %(example)s. Run `shiliu setup`.")
            % {"n": len(missing), "example": min(missing)}
        )
    else:
        yield ok(_("The static files are collected."))
