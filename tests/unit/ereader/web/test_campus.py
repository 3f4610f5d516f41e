"""In whose networks a visitor sits."""

from __future__ import annotations

import pytest

from ereader.web.resolver_asker import Campus
from holdings.members.library import Library, Portal


def campus(**networks: tuple[str, ...]) -> Campus:
    return Campus({id: Library(id, portal=Portal(networks=given)) for id, given in networks.items()})


HERE = campus(
    pku=("192.0.2.0/24", "2001:db8:1::/48", "nonsense", " 198.51.100.7 "),
    medicine=("192.0.2.128/25",),
    careless=("0.0.0.0/0", "::/0", ""),
    late=("192.0.2.0/24",),
)


@pytest.mark.parametrize(
    ("address", "library"),
    [
        ("192.0.2.1", "pku"),
        ("192.0.2.200", "medicine"),  # the narrower network
        ("::ffff:192.0.2.200", "medicine"),
        ("2001:db8:1::5", "pku"),
        ("198.51.100.7", "pku"),
        ("198.51.100.8", ""),
        ("203.0.113.1", ""),  # all the world is nobody's campus
        ("2001:db8:2::5", ""),
        ("", ""),
        ("testclient", ""),
    ],
)
def test_the_narrowest_network_decides_and_slips_of_libraries_open_nothing(
    address: str, library: str
) -> None:
    assert HERE.library(address) == library


def test_two_thousand_libraries_are_looked_through_by_lengths_and_not_one_by_one() -> None:
    many = campus(**{f"l{n}": (f"10.{n // 256}.{n % 256}.0/24",) for n in range(2000)})
    assert many.library("10.7.9.3") == f"l{7 * 256 + 9}" and len(many._lengths) == 1
