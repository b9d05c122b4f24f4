"""Addresses: what each reveals, and what is not an address."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs import RunNotFound
from playground.runs.addresses import Address, new_control_address, read_address, watch_address

CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
names = st.text(CHARACTERS, min_size=22, max_size=22)


@given(names)
def test_the_watch_address_is_a_hash_of_the_control_address(name: str) -> None:
    digest = hashlib.sha256(f"c{name}".encode()).hexdigest()
    expected = base64.b64encode(bytes.fromhex(digest)).decode().replace("+", "-").replace("/", "_")[:22]
    assert read_address(f"c{name}") == Address(f"w{expected}", control=True)
    assert read_address(f"w{expected}") == Address(f"w{expected}", control=False)


@given(names)
def test_a_watch_address_gives_no_control(name: str) -> None:
    assert read_address(f"w{name}").control is False
    assert read_address(f"w{name}").run_id == f"w{name}"


def test_control_addresses_are_unique_and_read_back() -> None:
    addresses = {new_control_address() for _ in range(1000)}
    assert len(addresses) == 1000
    assert all(read_address(address).control for address in addresses)
    assert len({watch_address(address) for address in addresses}) == 1000


@given(st.one_of(st.text(), st.binary(), st.none(), st.integers(), st.lists(st.text())))
def test_anything_else_is_refused(hostile: object) -> None:
    with pytest.raises(RunNotFound):
        read_address(hostile)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "c",
        "w" + "A" * 21,
        "w" + "A" * 23,
        "c" + "A" * 22 + "\n",
        "x" + "A" * 22,
        "w" + "é" * 22,
        "w../../../etc/passwd_xxxx",
        "W" + "A" * 22,
    ],
)
def test_almost_valid_addresses_are_refused(address: str) -> None:
    with pytest.raises(RunNotFound, match="no run at this address"):
        read_address(address)
