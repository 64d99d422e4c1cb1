"""Stripes down a page: dirt on the sender's glass draws one on every page it scans.

What: columns of the page, as it was scanned, that are dark over most of its height; the page without them.
Why: a stripe crosses a dozen fields and looks like a tick in every box of a column and like a 1 in every blank.
Refuses: bars broader than a pen's stroke (a copier's edge is cut off by others); and to say that nothing was lost: what stood
exactly under the stripe may be gone, so that whoever reads a field that it crosses must know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from intake.fax import GrayImage
from intake.ocr import thresholds


class Stripe(NamedTuple):
    """Columns of the page image, half open."""

    left: int
    right: int


def find_stripes(page: GrayImage) -> tuple[Stripe, ...]:
    """The stripes of a page as it was scanned (not laid over its blank, where they may slant)."""
    share = (page < thresholds.DARK).mean(axis=0)
    dark = np.flatnonzero(share >= thresholds.STRIPE_SHARE)
    if dark.size == 0:
        return ()
    groups = np.split(dark, np.flatnonzero(np.diff(dark) > 1) + 1)
    width = page.shape[1]
    edge = round(thresholds.STRIPE_FROM_EDGE_MM * thresholds.DPI / 25.4)
    found = [Stripe(int(group[0]), int(group[-1]) + 1) for group in groups]
    return tuple(
        one
        for one in found
        if one.right - one.left <= thresholds.STRIPE_BROADEST_PX and edge <= one.left and one.right <= width - edge
    )


def without_stripes(page: GrayImage, stripes: Sequence[Stripe]) -> GrayImage:
    """The page with its stripes made white where nothing joins them from the side: a stroke across a stripe stays whole."""
    cleaned = page.copy()
    dark = page < thresholds.DARK
    for stripe in stripes:
        left, right = stripe.left - 1, stripe.right + 1  # the stripe's own ragged edge
        beside = dark[:, left - 2 : left].any(axis=1) | dark[:, right : right + 2].any(axis=1)
        cleaned[:, left:right][~beside] = 255
    return cleaned
