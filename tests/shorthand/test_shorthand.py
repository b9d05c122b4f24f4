"""Networks as text: what is written is read again, what people write is understood, what is wrong is shown at its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.layers import (
    LAYERS,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool2d,
    Parallel,
    ReLU,
    Reshape,
    Residual,
)
from playground.presets import PRESETS
from playground.shorthand import ShorthandError, read, write
from playground.spec import SpecError
from tests.drawn import networks


def test_the_usual_example_is_read_and_written_back() -> None:
    text = "conv 32 3 | relu | pool | flatten | dense 10"
    assert read(text) == (Conv2d(filters=32, kernel=3), ReLU(), MaxPool2d(), Flatten(), Dense(units=10))
    assert write(read(text)) == text


@pytest.mark.parametrize("name", PRESETS)
def test_presets_come_back_equal(name: str) -> None:
    network = PRESETS[name].spec.network
    assert read(write(network)) == network


@settings(max_examples=300, deadline=None)
@given(networks(depth=3))
def test_every_network_comes_back_equal(network: tuple[Layer, ...]) -> None:
    assert read(write(network)) == network


@pytest.mark.parametrize("variant", list(LAYERS), ids=lambda variant: variant.name())
def test_every_layer_is_called_by_its_kind_and_its_class(variant: type[Layer]) -> None:
    assert read(variant.name()) == read(variant.__name__) == (variant(),)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("", ()),
        (" \n ", ()),
        ("conv 32, 3\nReLU()\n\nMaxPool2d(2)", (Conv2d(filters=32, kernel=3), ReLU(), MaxPool2d())),
        ("fc 10 -> relu → linear 3", (Dense(units=10), ReLU(), Dense(units=3))),
        ("conv 8 stride=2 padding=valid", (Conv2d(filters=8, stride=2, padding="valid"),)),
        ("conv 8 5 2 valid", (Conv2d(filters=8, kernel=5, stride=2, padding="valid"),)),
        ("deconv 8 | leaky 1e-1", (ConvTranspose2d(filters=8), LeakyReLU(slope=0.1))),
        ("reshape 2 none 7", (Reshape(channels=2, height=None, width=7),)),
        ("dense 5 bias=false l2=0.01", (Dense(units=5, bias=False, l2=0.01),)),
        ("residual(conv 32 | relu)", (Residual(layers=(Conv2d(filters=32), ReLU())),)),
        ("residual", (Residual(),)),
        (
            "parallel(conv 8 1 ; conv 16 3 | relu ; join=add)",
            (Parallel(branch=((Conv2d(filters=8, kernel=1),), (Conv2d(filters=16), ReLU())), join="add"),),
        ),
        ("parallel( ; \n residual(\n relu\n) \n ) | relu", (Parallel(branch=((), (Residual(layers=(ReLU(),)),))), ReLU())),
    ],
)
def test_what_people_write_is_understood(text: str, network: tuple[Layer, ...]) -> None:
    assert read(text) == network


@pytest.mark.parametrize(
    ("text", "at", "length", "words"),
    [
        ("relu | cnov 3", 7, 4, "column 8: unknown layer 'cnov'; did you mean 'conv'?"),
        ("relu\nrelu 3", 10, 1, "line 2, column 6: relu takes no value; found '3' too many, is a “|” missing?"),
        ("conv 0", 5, 1, "column 6: conv filters: must be at least 1, got 0"),
        ("conv strid=2", 5, 5, "column 6: conv has no setting 'strid'; did you mean 'stride'?"),
        ("conv stride=", 5, 6, "column 6: stride= needs a value, as in stride=2, found the end"),
        ("conv = 2", 5, 1, "column 6: “=” stands between"),
        ("dense 10 units=3", 9, 5, "column 10: units of dense is given twice"),
        ("dense 10 |", 9, 1, "column 10: a layer is missing after “|”"),
        ("| relu", 0, 1, "column 1: a layer's name belongs here, as in conv 32, found “|”"),
        ("relu ; relu", 5, 1, "column 6: “;” parts branches"),
        ("relu)", 4, 1, "column 5: “)” closes nothing"),
        ("parallel(relu", 8, 1, "column 9: this “(” is not closed"),
        ("residual(relu ; relu)", 0, 8, "column 1: residual holds one chain of layers, got 2"),
        ("residual(relu) relu", 15, 4, "column 16: “|” belongs between two layers, found “relu”"),
        ("residual(" * 50 + ")" * 50, 36, 8, "column 37: blocks may be nested at most 4 deep"),
        ("relu|" * 200 + "relu", 1000, 4, "column 1001: a network has at most 200 layers, including those in blocks"),
        ("x" * 1_000_000, 0, 0, "column 1: a network has at most 256 kB of text, got 1,000 kB"),
        ("<script>alert(1)</script>", 0, 13, "column 1: unknown layer '<script>alert'; layers are called"),
        ("dense " + "9" * 5000, 6, 5000, "column 7: dense units: "),
        ("dropout nan", 8, 3, "column 9: dropout rate: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_shown_at_its_place(text: str, at: int, length: int, words: str) -> None:
    with pytest.raises(ShorthandError) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert problem.startswith(words)
    assert (caught.value.at, caught.value.length) == (at, length)
    assert len(problem) < 300


WORDS = ["conv", "dense", "relu", "residual", "parallel", "join=add", "3", "0.5", "|", ";", "(", ")", "=", "\n", "none", "->", "é"]


def answer(text: str) -> tuple[tuple[Layer, ...] | None, str]:
    """What a text says, or what is wrong with it."""
    try:
        return read(text), ""
    except SpecError as error:
        return None, error.problems[0]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    network, problem = answer(text)
    if network is None:
        assert problem.split(":")[0].rpartition("column ")[2].isdigit()
    else:
        assert read(write(network)) == network
