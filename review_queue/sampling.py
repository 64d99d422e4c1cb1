"""Which faxes that nobody touched get a blind second look.

What: a share of them, chosen by the document's id alone. Pure.
Why: the true error of what went through unseen is measured every day, not assumed; a choice by hash is fair, repeatable and
cannot be argued with after the fact.
Refuses: a share outside 0 to 1.
"""

from __future__ import annotations

from hashlib import sha256

from intake.fax import DocumentId

DEFAULT_SHARE = 0.02  # of untouched documents
_STEPS = 1 << 32


def wants_second_look(document_id: DocumentId, share: float = DEFAULT_SHARE, salt: str = "") -> bool:
    """True for about `share` (0–1) of all documents, always the same ones for one salt; ValueError for an impossible share."""
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    ticket = int.from_bytes(sha256(f"{salt}\n{document_id}".encode()).digest()[:4], "big")
    return ticket < share * _STEPS
