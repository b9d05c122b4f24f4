"""Other data for a network with blocks: what fits stays, what does not goes as it does outside of blocks, and undo brings it back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.datasets import DATASETS
from playground.catalog.layers import (
    LAYERS,
    BatchNorm,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Dropout2d,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    Output,
    Parallel,
    ReLU,
    Reshape,
    Residual,
    ToSequence,
)
from playground.network import trace
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web import edits
from playground.web.history import History, Version

CNN = PRESETS["small_cnn"].spec
POINTS = PRESETS["playground_2d"].spec
CONV = (Conv2d(filters=8), BatchNorm(), ReLU())


def of(start: ExperimentSpec, *network: Layer) -> ExperimentSpec:
    return start.model_copy(update={"network": network})


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ((*CONV, Residual(layers=CONV), Flatten(), Output()), (Flatten(), Output())),
        ((Residual(layers=(*CONV, Residual(layers=CONV))), GlobalAvgPool2d(), Dense(units=8), Output()), (Dense(units=8), Output())),
        (
            (Flatten(), Residual(layers=(Dense(units=8), ReLU(), Conv2d(), ReLU(), Dense(units=8))), Output()),
            (Flatten(), Residual(layers=(Dense(units=8), ReLU(), Dense(units=8))), Output()),
        ),
        (
            (Parallel(branch=((*CONV, Flatten(), Dense(units=4)), (Flatten(), Dense(units=6)))), Output()),
            (Parallel(branch=((Flatten(), Dense(units=4)), (Flatten(), Dense(units=6)))), Output()),
        ),
        ((Parallel(branch=(CONV, (), (MaxPool2d(),))), Flatten(), Output()), (Flatten(), Output())),
        ((Parallel(branch=(CONV, (ReLU(),))), Flatten(), Output()), (Parallel(branch=((ReLU(),),)), Flatten(), Output())),
        ((*CONV, Residual(layers=(Dropout2d(),)), ReLU(), Flatten(), Output()), (Flatten(), Output())),
        (
            (ToSequence(), Conv1d(filters=4), Residual(layers=(Conv1d(filters=4),)), Flatten(), Output()),
            (ToSequence(), Conv1d(filters=4), Residual(layers=(Conv1d(filters=4),)), Flatten(), Output()),
        ),
        (
            (Flatten(), Dense(units=16), Reshape(channels=1), ConvTranspose2d(filters=2), Flatten(), Output()),
            (Flatten(), Dense(units=16), Reshape(channels=1), ConvTranspose2d(filters=2), Flatten(), Output()),
        ),
        ((Residual(layers=CONV),), (Output(),)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["wine", "circle"])
def test_from_images_to_rows(network: tuple[Layer, ...], expected: tuple[Layer, ...], kind: str) -> None:
    adapted = edits.replace_dataset(of(CNN, *network), kind)
    assert adapted.spec.network == expected
    assert trace(adapted.spec).ok
    went = sum(map(count, network)) - sum(map(count, expected))
    told = [note for note in adapted.notes if "image layer" in note]
    assert [note.split()[0] for note in told] == ([str(went)] if went else [])


def count(layer: Layer) -> int:
    return 1 + sum(count(each) for _, chain in layer.branches() for each in chain)


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ((Residual(layers=(Dense(units=8), ReLU())), Output()), (Flatten(), Residual(layers=(Dense(units=8), ReLU())), Output())),
        (
            (Parallel(branch=((Dense(units=4),), (Residual(layers=(ReLU(), Dense(units=3))),))), Output()),
            (Flatten(), Parallel(branch=((Dense(units=4),), (Residual(layers=(ReLU(), Dense(units=3))),))), Output()),
        ),
        (
            (ReLU(), Residual(layers=(ReLU(),)), Dense(units=4), Output()),
            (ReLU(), Residual(layers=(ReLU(),)), Flatten(), Dense(units=4), Output()),
        ),
        (
            (Parallel(branch=((Flatten(), Dense(units=4)), (Dense(units=6),))), Output()),
            (Parallel(branch=((Flatten(), Dense(units=4)), (Flatten(), Dense(units=6)))), Output()),
        ),
        ((ToSequence(), Conv1d(filters=4), Output()), (ToSequence(), Conv1d(filters=4), Flatten(), Output())),
    ],
)  # fmt: skip
def test_from_rows_to_images(network: tuple[Layer, ...], expected: tuple[Layer, ...]) -> None:
    adapted = edits.replace_dataset(of(POINTS, *network), "digits8")
    assert adapted.spec.network == expected
    assert trace(adapted.spec).ok
    assert any("flatten" in note.lower() for note in adapted.notes)


def test_images_leave_other_images_their_blocks() -> None:
    spec = of(CNN, *CONV, Parallel(branch=(CONV, ())), Residual(layers=CONV), Flatten(), Output())
    adapted = edits.replace_dataset(spec, "shapes")
    assert adapted.spec.network == spec.network
    assert not any("layer" in note for note in adapted.notes)


def test_where_one_more_layer_would_be_too_many_the_network_stays() -> None:
    full = of(POINTS, *(ReLU() for _ in range(199)), Output())
    adapted = edits.replace_dataset(full, "mnist_sample")
    assert adapted.spec.network == full.network
    assert parse_spec(adapted.spec.to_json()) == adapted.spec
    assert not trace(adapted.spec).ok


PLAIN = [kind().kind for kind in LAYERS if not kind().branches()]
LEAVES = st.sampled_from(PLAIN).map(lambda kind: LAYERS[kind]())
NESTED = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda layers: Residual(layers=tuple(layers))),
        st.lists(st.lists(inner, max_size=2).map(tuple), min_size=1, max_size=3).map(lambda branch: Parallel(branch=tuple(branch))),
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(
    network=st.lists(NESTED, max_size=5),
    start=st.sampled_from([CNN, POINTS]),
    kinds=st.lists(st.sampled_from(DATASETS.kinds()), min_size=1, max_size=3),
)
def test_any_network_takes_any_data_in_turn_and_undo_brings_each_back(
    network: list[Layer], start: ExperimentSpec, kinds: list[str]
) -> None:
    spec = of(start, *network)
    seen, history = [spec.to_json()], History(Version(spec.to_json()))
    for kind in kinds:
        spec = edits.replace_dataset(spec, kind).spec
        assert parse_spec(spec.to_json()) == spec
        trace(spec)
        if len(spec.data.shape) == 1:
            assert edits.replace_dataset(spec, kind).spec.network == spec.network, "what is left fits"
        seen.append(spec.to_json())
        history = history.edited(seen[-1], kind)
    while len(seen) > 1:
        changed = seen.pop() != seen[-1]
        history = history.undone() if changed else history
        assert history.present.json == seen[-1]
