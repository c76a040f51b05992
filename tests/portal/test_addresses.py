"""Which addresses a server of ours may be sent to: those of the public internet."""

from __future__ import annotations

import pytest

from portal.common.addresses import is_public

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


# One address of each range in IANA's registries of special-purpose addresses, and the ends of some.
SPECIAL = [
    "0.0.0.1", "0.255.255.255", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.1.2.3",
    "169.254.0.1", "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.0.10",
    "192.0.0.170", "192.0.0.171", "192.0.2.255", "192.31.196.1", "192.52.193.1", "192.88.99.1",
    "192.88.99.2", "192.168.255.255", "192.175.48.1", "198.18.0.0", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.254", "255.255.255.255", "::1",
    "::", "::ffff:10.0.0.1", "::ffff:192.88.99.1", "64:ff9b::a00:1", "64:ff9b::c058:6301", "64:ff9b:1::",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "100::1", "100:0:0:1::1", "2001::1", "2001:1::1", "2001:1::2",
    "2001:1::3", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1",
    "2001:1ff:ffff::1", "2001:db8::1", "2002::1", "2002:5db8:d70e::1", "2620:4f:8000::1", "3fff::1",
    "3fff:fff:ffff::1", "5f00::1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff0e::1",
    "::5db8:d70e", "::ffff:0:5db8:d70e", "4000::1", "2606:4700::1111%eth0",
]  # fmt: skip
NEIGHBOURS = [
    "1.0.0.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "128.0.0.1", "169.253.255.255",
    "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.1", "192.0.3.1", "192.31.195.255",
    "192.52.194.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "192.175.49.0",
    "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
    "223.255.255.255", "2000::1", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1",
    "2620:4f:8001::1", "2a00:1450::1", "3ffe::1", "::ffff:9.9.9.9", "64:ff9b::909:909",
]  # fmt: skip


@pytest.mark.parametrize("address", SPECIAL)
def test_no_special_range_of_the_registries_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", NEIGHBOURS)
def test_what_lies_beside_a_special_range_is_public(address: str) -> None:
    assert is_public(address)
