"""A document's own JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from app.document_steps import closing_from_json, closing_to_json
from review_queue.review_item import Closing


def test_a_reviewers_last_word_comes_back_as_it_was() -> None:
    at = datetime(2023, 11, 20, 15, 0, tzinfo=UTC)
    closing = Closing("kim", at, "Not a form of this program.", ("A status form.",), answer_sender=False)
    assert closing_from_json(json.loads(json.dumps(closing_to_json(closing)))) == closing
