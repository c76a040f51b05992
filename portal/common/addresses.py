"""Which network addresses lie on the public internet.

By IANA's registries of special-purpose addresses (RFC 6890, as of 2025) and not by Python's `is_global`,
which differs from one Python to the next. Ranges that are special but reachable are none of ours either: no
service lives at a relay or in a sinkhole.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

SPECIAL_V4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private use
        "100.64.0.0/10",  # shared by the customers of a provider
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and where clouds keep their secrets
        "172.16.0.0/12",  # private use
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "192.168.0.0/16",  # private use
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
GLOBAL_V6 = IPv6Network("2000::/3")  # all that is given out; loopback, local and multicast lie outside
SPECIAL_V6 = [
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, AMT, AS112, ORCHID, DRIP
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
MAPPED = IPv6Network("::ffff:0:0/96")  # the last 32 bits are an IPv4 address
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: here too


def is_public(text: str) -> bool:
    """Whether an address lies on the public internet, also when it carries an IPv4 address inside."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in special for special in SPECIAL_V4)
    if address.scope_id:
        return False
    if address in MAPPED or address in NAT64:
        return is_public(str(IPv4Address(int(address) & 0xFFFFFFFF)))
    return address in GLOBAL_V6 and not any(address in special for special in SPECIAL_V6)
