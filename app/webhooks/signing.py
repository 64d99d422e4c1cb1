"""Signatures of webhooks, as Standard Webhooks (standardwebhooks.com) has them. Pure.

What: a new secret, and the three headers of a message.
Why: the receiver must know that it is we who write, that nothing was changed, and that no old message is played again.
Refuses: nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64: what both sides keep."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; the key is the secret's base64 decoded."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secret: str, message_id: str, at: datetime, body: bytes, former: str | None = None) -> dict[str, str]:
    """The headers of one try at one message: the id stays the same, the time is that of the try.

    While a secret is being changed, the signature by the former one stands behind the new one's: a receiver that has not learnt
    the new one yet takes either.
    """
    timestamp = int(at.timestamp())
    secrets_of_now = [secret] if former is None else [secret, former]
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, message_id, timestamp, body) for one in secrets_of_now),
    }
