"""Which addresses a webhook may go to.

What: `check_url` for a subscription, `resolved` for each try: the address to connect to, looked at after the name was resolved.
Why: whoever may name a URL could else make the service knock at doors inside its own network (SSRF), also by a name that
resolves to one address when it is checked and to another when it is used: so what was checked is what is connected to.
Refuses: anything but https, names that resolve to a private, loopback or otherwise special address, and user names in URLs;
a setting lets private addresses and plain http to them pass, for receivers beside the service.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

LONGEST = 500  # characters of a URL
_NAT64 = IPv6Network("64:ff9b::/96")


class RefusedAddress(ValueError):
    """A URL that no webhook may go to; says why."""


@dataclass(frozen=True)
class Target:
    """Where to connect."""

    url: str  # as subscribed
    host: str  # for the Host header and the certificate
    address: str  # an IP address that was looked at
    port: int
    path: str  # with the query
    secure: bool  # https


def check_url(url: str, private_too: bool) -> None:
    """RefusedAddress where a URL can be no target by its form; the name is resolved at each try."""
    parts = _parts(url)
    if parts.scheme != "https" and not (private_too and parts.scheme == "http"):
        raise RefusedAddress("an https address is needed")
    literal = _literal(parts.hostname or "")
    if literal is not None and not private_too and not is_public(literal):
        raise RefusedAddress("the address is not a public one")


def resolved(url: str, private_too: bool) -> Target:
    """The target of one try; RefusedAddress where the name is unknown or any of its addresses is not allowed."""
    check_url(url, private_too)
    parts = _parts(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise RefusedAddress(f"the name {host} is not known ({problem})") from None
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in answers]
    if not private_too and not all(is_public(one) for one in addresses):
        raise RefusedAddress(f"{host} leads to an address that is not public")
    if not secure and not all(one.is_loopback for one in addresses):
        raise RefusedAddress("plain http goes to this machine only")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, host, str(addresses[0]), port, path, secure)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address, or the one it carries inside, is of the public internet."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise RefusedAddress("this is no URL") from None
    if len(url) > LONGEST or not url.isascii() or any(one.isspace() or not one.isprintable() for one in url):
        raise RefusedAddress(f"a URL of at most {LONGEST} plain characters is needed")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise RefusedAddress("a URL with a host and without a user name is needed")
    return parts


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
