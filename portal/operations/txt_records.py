"""TXT records of a name, asked of the machine's own resolvers: all that SPF, DKIM and DMARC need.

What is said is only shown to the operator, so it need not be proven.
"""

from __future__ import annotations

import dns.exception
import dns.nameserver
import dns.resolver


class NoAnswerError(Exception):
    """Nobody could be asked, or what came back is no answer."""


def lookup(name: str, *, servers: list[tuple[str, int]] | None = None, seconds: float = 1.0) -> list[str]:
    """The records of `name`, each with its strings joined (RFC 7208, 3.3); none when it has none. Takes `seconds` at
    most. Raises NoAnswerError."""
    try:
        resolver = dns.resolver.Resolver(configure=servers is None)
        if servers is not None:
            resolver.nameservers = [dns.nameserver.Do53Nameserver(*server) for server in servers]
        found = resolver.resolve(name.encode("ascii").decode(), "TXT", search=False, lifetime=seconds)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError):
        raise NoAnswerError from None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in found]
