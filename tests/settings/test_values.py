"""Kinds of values, and how settings are shown."""

from pathlib import Path

import pytest

from playground.settings.declaring import Setting
from playground.settings.values import Choice, Folder, Integer, Number, Text, Value, WebAddress, Words, YesOrNo


@pytest.mark.parametrize(
    ("value", "given", "expected"),
    [
        (Integer(), "50_000", 50_000),
        (Integer(), "٣", None),
        (Integer(), "9" * 5000, None),
        (Integer(0), 0, 0),
        (Integer(1, 10), "11", None),
        (Number(), "0.5", 0.5),
        (Number(), 3, 3.0),
        (Number(), "nan", None),
        (Number(), "inf", None),
        (Number(1), 0.5, None),
        (Number(), False, None),
        (YesOrNo(), "Yes", True),
        (YesOrNo(), "off", False),
        (YesOrNo(), False, False),
        (YesOrNo(), 1, None),
        (Choice(("json", "text")), "json", "json"),
        (Choice(("json", "text")), "xml", None),
        (Text(), 5, None),
        (WebAddress(), "https://example.org/a/", "https://example.org/a"),
        (Folder(), "~", Path.home()),
        (Folder(), "~no-such-user-here/x", None),
        (Words(), "a, b", ("a", "b")),
        (Words(), ["a", "b"], ("a", "b")),
        (Words(), ["a", 1], None),
        (Words(), 5, None),
    ],
)
def test_a_value_is_read_or_breaks_its_rule(value: Value[object], given: object, expected: object) -> None:
    assert value.read(given) == expected
    assert type(value.read(given)) is type(expected)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql+psycopg://app:hunter2@host/db", "postgresql+psycopg://app:••••@host/db"),
        ("postgresql://host/db?user=app&password=hunter2&sslmode=require", "postgresql://host/db?user=app&password=••••&sslmode=require"),
        (("s3://key:hunter2@bucket", "b"), "s3://key:••••@bucket, b"),
        (5_000_000, "5_000_000"),
        (None, ""),
    ],
)
def test_passwords_in_urls_are_never_shown(value: object, shown: str) -> None:
    assert Setting("name", "group", "meaning", Text(), None).shown(value) == shown


def test_a_secret_is_never_shown() -> None:
    secret = Setting("name", "group", "meaning", Text(), None, secret=True)
    assert secret.shown("hunter2") == secret.plain("hunter2") == "••••"
    assert secret.plain(None) is None
