"""How alike a prescriber's signature and earlier ones of theirs look: a hint at the desk, never a verdict.

What: whether a form gives reason for a hint, the ink of a signature's zone on a kept page, and the likeness in three words.
Why: somebody who compares signatures by eye is quicker with the earlier ones beside the new one, the most unlike first.
Refuses: to decide. No doubt is raised or settled by it, nothing of it is stored, and the number itself is not shown: it knows the
shape of strokes, not whose hand made them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from intake.fax import DocumentId, FaxId, GrayImage
from intake.forms.definition import Box, FormDefinition
from intake.ocr.ink import Mask
from intake.ocr.signature_likeness import likeness
from intake.resolution import DPI
from registry.vocabulary import SignatureVerdict
from review_queue.review_item import ReviewItem
from review_queue.strips import cut

SIGNATURE = "signature_prescriber"
NPI = "prescriber_npi"
MOST_SHOWN = 3
FRAME_MM = 1.0  # from the zone's edge inwards: the printed frame and what a page may lie off; inside it the forms print nothing
INK = 128  # gray below it is ink
# Of 60 invented people who each signed twice (`tools.train_ink.likeness_check --people 60 --seed 11`; real people vary more):
LIKE = 0.78  # 83 in 100 of their own pairs reach it, 1 in 100 of others' pairs
UNLIKE = 0.6  # below it are 3 in 100 of their own pairs, 72 in 100 of others'


@dataclass(frozen=True)
class KeptSignature:
    """Where an earlier signature stands: on a page that is kept, of a form that was admitted."""

    document_id: DocumentId
    fax_id: FaxId
    reference: str  # of its fax, as told to the sender
    received_at: datetime  # aware UTC
    fax_page: int  # 1-based page of the fax
    box: Box  # of the zone, form millimetres
    mm_to_pixels: tuple[float, ...]  # 3 × 3, row-major, as `FormPage` has it


@dataclass(frozen=True)
class EarlierSignature:
    """One line of the hint."""

    document_id: DocumentId  # names its image
    reference: str
    received: str  # "11/02/2026"
    word: str  # "like", "not clearly like" or "unlike"


def prescriber_to_look_for(item: ReviewItem, form: FormDefinition) -> str | None:
    """The NPI whose earlier signatures may stand beside this form's; None where a hint would mislead.

    That is where the NPI is blank or still in doubt (it may be somebody else's), where nobody has signed, and on revisions that
    are no longer current: there a designee may have signed in the same zone.
    """
    values = item.values()
    npi, signed = values.get(NPI), values.get(SIGNATURE)
    in_doubt = NPI in {one.key for one in item.left()}
    if form.outdated or not any(one.name == SIGNATURE for one in form.fields) or signed in (None, SignatureVerdict.ABSENT):
        return None
    return None if in_doubt or not npi else str(npi)


def zone_of(page: GrayImage, box: Box, mm_to_pixels: Sequence[float]) -> GrayImage:
    """The inside of a signature's zone, upright, at 200 dpi."""
    inside = Box(box.x0 + FRAME_MM, box.y0 + FRAME_MM, box.x1 - FRAME_MM, box.y1 - FRAME_MM)
    return cut(page, inside, mm_to_pixels, DPI / 25.4)


def hint(now: GrayImage, earlier: Iterable[tuple[KeptSignature, GrayImage]]) -> tuple[EarlierSignature, ...]:
    """The earlier signatures, the most unlike first; all images are zones of `zone_of`. Those without any ink are left out."""
    compared = [(likeness(_ink(now), _ink(zone)), one) for one, zone in earlier]
    found = sorted((pair for pair in compared if pair[0] > 0), key=lambda pair: pair[0])
    return tuple(
        EarlierSignature(one.document_id, one.reference, f"{one.received_at:%m/%d/%Y}", word(alike)) for alike, one in found
    )


def word(alike: float) -> str:
    """A likeness of 0–1 as people may be told it."""
    if alike >= LIKE:
        return "like"
    return "unlike" if alike < UNLIKE else "not clearly like"


def _ink(zone: GrayImage) -> Mask:
    return np.asarray(zone < INK)
