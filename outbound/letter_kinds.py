"""Every kind of letter but the acknowledgement: the registry's notices, and those that only this floor owes.

What: `LETTER_KINDS`, rows of the same shape for both; a kind's facts are the names its template may use, no more and no fewer.
Why: saying why a part of a form changed nothing for the pharmacy is about a fax, and whether a number is its recipient's about a
line; the registry knows neither, but such letters must be held as strictly as its own. What is missing or cannot be read on a
form is asked for by the acknowledgement, with its day and its pictures.
Refuses: nothing at run time; a test holds that no kind of ours has the name of one of the registry's.
"""

from __future__ import annotations

from registry.notices import NOTICES, NoticeKind

AUTHORIZATION_WITHHELD = "authorization_withheld"
"""Parts of a form that keep a pharmacy from dispensing, told to the number on file with the patient's ID."""
NUMBER_CHECK = "number_check"
"""The test page that asks whether a number is its recipient's; it carries a code and no patient data."""

OWN_KINDS: dict[str, NoticeKind] = {
    row.kind: row
    for row in (
        NoticeKind(
            AUTHORIZATION_WITHHELD,
            ("prescriber",),
            "R41-R44, R65: parts of a form were not accepted, and until they are no pharmacy gets a dispense authorization.",
            ("patient_id", "patient_name", "treatment_status", "form", "received_at"),
            urgent=True,
        ),
        NoticeKind(
            NUMBER_CHECK,
            ("prescriber", "designee", "pharmacy", "distributor"),
            "Whoever receives this page at that number is asked to call and tell the code on it.",
            ("code",),
        ),
    )
}

MAILED = frozenset({"designee_invitation", "staff_invitation"})
"""Kinds that go by e-mail where there is an address; nothing that names a patient may ever stand here."""

LETTER_KINDS: dict[str, NoticeKind] = {**NOTICES, **OWN_KINDS}
"""All kinds with a table of facts, by code."""
