"""The hash of uploaded data is a name, not a permission."""

import pytest

from playground.runs.access import Access
from playground.runs.store import Store

KEY, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def access(store: Store) -> Access:
    return Access(store, open_to_all=True)


def test_data_is_read_by_those_who_uploaded_it(access: Access) -> None:
    for owner in ("ada", "bob", "ada"):
        access.claim(KEY, owner)
    assert [access.may_read(KEY, owner) for owner in ("ada", "bob", "eve", "")] == [True, True, False, False]
    access.release(KEY, "bob")
    assert [access.may_read(KEY, owner) for owner in ("ada", "bob")] == [True, False]
    access.release_all("ada")
    assert [access.may_read(KEY, owner) for owner in ("ada", "bob", "")] == [False] * 3
    access.claim(KEY, "bob")
    assert access.may_read(KEY, "bob")


def test_a_link_carries_the_leave_of_one_owner_until_it_is_taken_back(access: Access) -> None:
    for owner in ("ada", "bob"):
        access.claim(KEY, owner)
    access.claim(OTHER, "ada")
    first, second = access.link(KEY, "ada"), access.link(KEY, "bob")
    assert first is not None
    assert second is not None
    assert first != second
    assert access.link(KEY, "ada") == first
    assert access.may_read(KEY, "eve", ["noise", first])
    assert not access.may_read(OTHER, "eve", [first])
    assert access.is_shared(KEY, "ada")
    access.take_back(KEY, "ada")
    assert not access.is_shared(KEY, "ada")
    assert not access.may_read(KEY, "eve", [first])
    assert access.may_read(KEY, "eve", [second])
    assert access.link(KEY, "ada") not in (first, None)


def test_data_is_handed_over_with_the_leave_that_its_links_carry(access: Access) -> None:
    access.claim(KEY, "ada")
    access.claim(OTHER, "ada")
    access.claim(OTHER, "bob")
    link, theirs = access.link(KEY, "ada"), access.link(OTHER, "bob")
    access.hand_over("ada", "bob")
    assert sorted(access.keys("bob")) == [KEY, OTHER]
    assert not access.keys("ada")
    assert access.may_read(KEY, "eve", [link or ""])
    assert access.link(OTHER, "bob") == theirs


def test_only_owners_give_links_away(access: Access) -> None:
    access.claim(KEY, "ada")
    assert access.link(KEY, "eve") is None
    assert not access.owns(KEY, "eve")
    assert not access.may_read(KEY, "eve", ["", "None"])


def test_data_of_earlier_versions_is_open_unless_the_settings_say_otherwise(store: Store) -> None:
    assert Access(store, open_to_all=True).may_read(KEY, "eve")
    assert not Access(store, open_to_all=False).may_read(KEY, "eve")
