"""QR codes as inline SVG."""

from itertools import groupby

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 4  # modules of white around it, as ISO/IEC 18004 wants


def svg(content: str, label: str) -> SafeString:
    """A QR code (error level M) that grows with its class `qr` and is read as `label`.

    The modules take `currentColor`, which is black unless a rule for `.qr` says otherwise, on a light ground
    of their own: in a dark page too it can be scanned.
    """
    code = segno.make_qr(content, error="m")
    side = len(code.matrix) + 2 * QUIET
    return format_html(
        '<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" color="#000" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        '<path fill="currentColor" d="{path}"/></svg>',
        side=side,
        label=label,
        path=_path(code),
    )


def _path(code: segno.QRCode) -> str:
    """A rectangle, one module high, for each run of dark modules."""
    parts = []
    for y, row in enumerate(code.matrix, start=QUIET):
        x = QUIET
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                parts.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return "".join(parts)
