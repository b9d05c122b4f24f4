"""Share tokens: every spec comes back equal; what is cut, damaged, huge or foreign is refused with a reason."""

import base64
import json
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.layers import LSTM, BatchNorm, Conv2d, Dense, Flatten, Layer, LeakyReLU, Output, TransformerBlock
from playground.export.link import from_token, to_token
from playground.export.words import DICTIONARIES
from playground.opening import load_spec
from playground.presets import PRESETS
from playground.spec import SpecError, compact
from tests.drawn import simple_layers

MADE_ONCE = (
    "ePn2CTPyvdZJbsMwFATRK-lPInm43D3wwupe2IWssi9QIJ84_H3ozwLv9Xs9Gl6zjGcp14dVflepLdeQ1ZNlQKYNnBuykfJAdj9ZJ2RL2YFsP9nckB3tz_qe"
    "2eJeUFkGCCGEDQghhAMIIYQDCCGEuEAhpBABDLGsA4fYdsgDRAgiCiT8BwaKDOvAIm28AYwURtygkXan3cCRxrGAI41jA0caxwaONI4DHCmOvIDDDwrgqLAO"
    "OEocmcBR9t0CjrITqoCjxJENHCWOHOCoZR1wlDjyBo4yjgUcfiADRxvHBo42jgMcLY66gKPbOuBouzECOPq29wNw9LIOOFocVcDR4qgGDr_4gGPCOuAYcdQN"
    "HGMcCzjGOBZwjM1jA8cYxwGOMY4DHCOOvoBjxNEBHP7AuP7tcfnzCyin2N0"
)

MADE_ONCE_WITH_SEQUENCES = (
    "ePm7AXa6vdhBDsJADEPRKzVOMm0Ox91hURZIBb6wxAXqhd-Mpn4Zoz5--rqBq2HunOLi7Zp37onPU1eXy-GX9e8MSRjyONm_hzQMKRkhOwzpZYQMDNk3IyRo84fTfNDqx6"
    "k-aPcRTvlB2w859cfgM-kAED767QgQFRDLISBM4HAICBMYh4AoAYVDICkBybr-8f2fDoGkBNQOgaQEtBwCiQkcDoHCBMYhUJRAbg6BogRSDoGiBDIdAkUJZDsEmhLI5RBo"
    "TGC3noGYwDgEmhKozSHQg1-1bwj867_odgegOVLJ"
)


def token_of(text: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text)).decode()


@pytest.mark.parametrize("name", PRESETS)
def test_round_trip_and_size(name: str) -> None:
    spec = PRESETS[name].spec
    token = to_token(spec)
    assert from_token(token) == spec
    assert len(token) <= 400
    assert load_spec(f"https://example.org/playground?spec={token}") == spec == load_spec(token)


@pytest.mark.parametrize("name", PRESETS)
def test_every_shortened_token_is_refused(name: str) -> None:
    token = to_token(PRESETS[name].spec)
    for length in range(len(token)):
        with pytest.raises(SpecError, match="link: "):
            from_token(token[:length])


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(simple_layers(), min_size=20, max_size=20).map(tuple))
def test_any_twenty_layers_fit_into_400_characters(layers: tuple[Layer, ...]) -> None:
    """With two settings a layer; more, each with a dozen digits, may take more. Always the same networks: in about one of a thousand, ten
    numbers of 17 digits alone fill the token, whatever the words."""
    spec = PRESETS["small_cnn"].spec.model_copy(update={"network": layers})
    assert from_token(to_token(spec)) == spec
    assert len(to_token(spec)) <= 400 or sum(map(set_settings, layers)) > 40


def set_settings(layer: Layer) -> int:
    """How many settings of a layer are not as a new one has them."""
    return len(compact(layer)) - 1


def test_a_long_token_that_was_made_once_opens_for_ever() -> None:
    spec = PRESETS["vgg_small"].spec.computed_with(1, "contiguous")  # as in every link of that version
    long = spec.model_copy(update={"network": tuple(Dense(units=7 * place, l2=place / 1000) for place in range(1, 61))})
    assert from_token(MADE_ONCE) == long
    assert [zlib.adler32(words) for words in DICTIONARIES] == [0xF60933F2, 0xBB0176BA]  # by which zlib identifies the words
    layers = (TransformerBlock(heads=n, causal=True) if n % 2 else LSTM(units=7 * n, bidirectional=True) for n in range(1, 61))
    assert from_token(MADE_ONCE_WITH_SEQUENCES) == spec.model_copy(update={"network": tuple(layers)})
    with pytest.raises(zlib.error, match="Error 2"):  # as it is not to be had without the words
        zlib.decompress(base64.urlsafe_b64decode(MADE_ONCE + "=" * (-len(MADE_ONCE) % 4)))


@pytest.mark.parametrize("length", range(0, len(MADE_ONCE), 7))
def test_a_long_token_that_was_cut_is_refused(length: int) -> None:
    with pytest.raises(SpecError, match="link: "):
        from_token(MADE_ONCE[:length])


def test_words_that_are_not_ours_are_refused() -> None:
    packer = zlib.compressobj(9, zdict=b"other words")
    with pytest.raises(SpecError, match="link: damaged"):
        from_token(base64.urlsafe_b64encode(packer.compress(b"{}" * 40) + packer.flush()).decode())


def test_twenty_layers_fit_into_400_characters() -> None:
    layers = tuple(layer for width in range(1, 7) for layer in (Conv2d(filters=8 * width, kernel=5), BatchNorm(), LeakyReLU(slope=0.2)))
    spec = PRESETS["small_cnn"].spec.model_copy(update={"network": (*layers, Flatten(), Output())})
    assert len(spec.network) == 20
    assert from_token(to_token(spec)) == spec
    assert len(to_token(spec)) <= 400


@pytest.mark.parametrize("name", PRESETS)
def test_a_doubled_link_is_refused_and_one_in_several_lines_is_read(name: str) -> None:
    spec = PRESETS[name].spec
    token = to_token(spec)
    with pytest.raises(SpecError, match="link: "):
        from_token(token + token)
    assert from_token(f" {token[:60]}\r\n{token[60:90]}\n {token[90:]}\n") == spec


def test_an_address_with_two_experiments_is_refused_and_with_one_twice_is_read() -> None:
    token, other = (to_token(PRESETS[name].spec) for name in ("small_cnn", "lenet5"))
    link = f"https://example.org/playground?spec={token}"
    assert load_spec(f"{link}&spec={token}") == PRESETS["small_cnn"].spec
    with pytest.raises(SpecError, match="contains 2 experiments"):
        load_spec(f"{link}&spec={other}")
    with pytest.raises(SpecError, match="link: "):
        load_spec(link + link)


@pytest.mark.parametrize("size", [10_000_000, 1_000_000_000])
def test_a_bomb_is_not_unpacked(size: int) -> None:
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(size // 10_000_000)) + packer.flush()
    bomb = base64.urlsafe_b64encode(packed).decode()
    tracemalloc.start()
    with pytest.raises(SpecError, match=r"unpacks to more|must be at most 256 kB"):
        from_token(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize(
    "token", ["", "x", "%%%", "a" * 30_000, token_of(b"[]"), token_of(b"{"), token_of(json.dumps({"version": 99}).encode()), "ä" * 40]
)
def test_hostile_tokens_are_refused(token: str) -> None:
    with pytest.raises(SpecError):
        from_token(token)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 200), st.text(alphabet="ABCxyz019-_=%/ ", max_size=3))
def test_a_changed_token_never_crashes(place: int, text: str) -> None:
    token = to_token(PRESETS["small_cnn"].spec)
    broken = token[:place] + text + token[place + 1 :]
    problems: tuple[str, ...] | None = None
    try:
        assert to_token(from_token(broken))
    except SpecError as error:
        problems = error.problems
    assert problems is None or problems[0]
