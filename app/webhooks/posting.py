"""One POST to a stranger's server: the only place that speaks HTTP outward.

What: sends a body to the address that was looked at, and says what was heard.
Why: the receiver may be slow, broken or hostile; a try must end in seconds, whatever it does.
Refuses: to follow a redirect, to read an answer's body, to go through a proxy of the environment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from app.webhooks.addresses import RefusedAddress, Target, resolved
from app.webhooks.lifecycle import Heard

WHOLE_TRY_SECONDS = 10.0  # connecting, sending and the head of the answer together


def post(url: str, body: bytes, headers: Mapping[str, str], private_too: bool, seconds: float = WHOLE_TRY_SECONDS) -> Heard:
    """What came of it: a status, or words why there is none."""
    import httpx  # only here: no other command needs it

    try:
        target = resolved(url, private_too)
        return Heard(*asyncio.run(_post(target, body, headers, seconds)))
    except RefusedAddress as problem:
        return Heard(None, f"not sent: {problem}")
    except TimeoutError:
        return Heard(None, f"no answer in {seconds:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
        return Heard(None, f"no answer: {type(problem).__name__}")


async def _post(target: Target, body: bytes, headers: Mapping[str, str], seconds: float) -> tuple[int, str]:
    import httpx

    literal = f"[{target.address}]" if ":" in target.address else target.address
    port = "" if target.port == (443 if target.secure else 80) else f":{target.port}"
    host = f"[{target.host}]" if ":" in target.host else target.host
    address = f"{'https' if target.secure else 'http'}://{literal}:{target.port}{target.path}"
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=seconds, headers={"user-agent": "remsfax"}) as client,
        client.stream(
            "POST",
            address,
            content=body,
            headers={**headers, "host": host + port},
            extensions={"sni_hostname": target.host},  # the certificate must be the name's, though we connect to the address
        ) as answer,
    ):
        return answer.status_code, f"answered {answer.status_code}"
