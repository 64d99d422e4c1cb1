"""Where a prescriber's earlier signatures stand, for the desk's hint: on the kept pages of faxes whose forms were admitted.

What: one look-up for the desk's pages, in the desk's own session; composed in only where the operator has switched the hint on.
Why: the registry knows what was admitted and for whom, intake where a form's pages lie; the desk knows neither.
Refuses: signatures of forms that were refused, of phone and web (there is no ink), of pages nobody could lay over their blank.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from intake import storage as faxes
from intake.fax import DocumentId, FaxId
from intake.forms.catalogue import Catalogue
from intake.reading_json import form_reading_from_json
from registry import storage
from registry.vocabulary import SignatureRole
from review_queue.signature_hint import SIGNATURE, KeptSignature
from review_queue.web.services import EarlierSignatures


def earlier_signatures(catalogue: Catalogue) -> EarlierSignatures:
    """The desk's port, filled."""

    def look_up(session: Session, npi: str, before: datetime, most: int) -> Sequence[KeptSignature]:
        signed = storage.signed_on_paper(session, SignatureRole.PRESCRIBER, npi, before, most)
        found = (_place(session, catalogue, one.submission_id, one.reference, one.received_at) for one in signed)
        return [one for one in found if one is not None]

    return look_up


def _place(
    session: Session, catalogue: Catalogue, submission_id: str, reference: str, received_at: datetime
) -> KeptSignature | None:
    """A fax's submission has its document's id."""
    document = faxes.load_document(session, submission_id)
    if document is None:
        return None
    reading = form_reading_from_json(json.loads(document.reading))
    form = catalogue.form(reading.form, reading.revision)
    zone = form.field(SIGNATURE)
    if form.outdated:  # there a designee may have signed in the same zone
        return None
    for page in reading.pages:
        if page.form_page == zone.page and page.mm_to_pixels is not None:
            return KeptSignature(
                document_id=DocumentId(document.document_id),
                fax_id=FaxId(document.fax_id),
                reference=reference,
                received_at=received_at,
                fax_page=page.fax_page,
                box=zone.box,
                mm_to_pixels=page.mm_to_pixels,
            )
    return None
