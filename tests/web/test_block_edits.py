"""Layers put into blocks, taken out of them, and pasted: against the plain lists that they stand for."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.layers import BatchNorm, Conv2d, Dense, Flatten, Layer, MaxPool2d, Output, Parallel, ReLU, Residual
from playground.catalog.tensors import TensorSpec
from playground.network import trace
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.shorthand import write
from playground.spec import MAX_DEPTH, MAX_LAYERS, ExperimentSpec, SpecError, compact
from playground.web import edits
from playground.web.history import History, Version

MLP = PRESETS["mlp_784_256_10"].spec
CNN = PRESETS["small_cnn"].spec
BLOCK = Residual(layers=(Conv2d(filters=8), Parallel(branch=((ReLU(),), ())), BatchNorm()))


def with_layers(*layers: Layer) -> ExperimentSpec:
    return CNN.model_copy(update={"network": layers})


def as_json(*layers: Layer) -> str:
    return json.dumps([compact(layer) for layer in layers])


def test_layers_go_into_a_residual_block_and_come_out_of_it_as_they_were() -> None:
    wrapped = edits.wrap_residual(MLP, "network[1]", 2)
    assert wrapped.network == (Flatten(), Residual(layers=(Dense(units=256), ReLU())), Output())
    assert edits.unwrap(wrapped, "network[1]") == MLP


def test_layers_go_into_the_first_of_two_branches_beside_one_that_passes_its_input_on() -> None:
    wrapped = edits.wrap_parallel(CNN, "network[1]")
    assert wrapped.network[1] == Parallel(branch=((ReLU(),), ()))
    assert trace(wrapped).tensor_before("network[2]") == TensorSpec.image(32, 28, 28)
    assert edits.unwrap(wrapped, "network[1]") == CNN


def test_of_several_branches_the_layers_come_out_one_after_another() -> None:
    spec = with_layers(Parallel(branch=((Conv2d(filters=8), ReLU()), (), (MaxPool2d(),))), Flatten(), Output())
    assert edits.unwrap(spec, "network[0]").network == (Conv2d(filters=8), ReLU(), MaxPool2d(), Flatten(), Output())


def test_blocks_are_made_within_blocks_up_to_a_depth() -> None:
    spec, path = MLP, "network[1]"
    for _ in range(MAX_DEPTH):
        spec = edits.wrap_residual(spec, path)
        path += ".layers[0]"
    with pytest.raises(SpecError, match="deep"):
        edits.wrap_residual(spec, path)


def test_several_layers_move_together() -> None:
    moved = edits.move_layer(CNN, "network[0]", "network[1]", 3)
    assert moved.network == (CNN.network[3], *CNN.network[:3], *CNN.network[4:])
    assert edits.move_layer(moved, "network[1]", "network[0]", 3) == CNN
    assert edits.remove_layer(edits.duplicate_layer(CNN, "network[2]", 4), "network[6]", 4) == CNN


@pytest.mark.parametrize(
    "text",
    [
        as_json(BLOCK, ReLU()),
        json.dumps(
            {"version": 1, "data": {"kind": "iris"}, "loss": {"kind": "mse"}, "network": json.loads(as_json(BLOCK, ReLU(), Output()))}
        ),
        f"  {as_json(BLOCK, ReLU(), Output())}\n",
        write((BLOCK, ReLU())),
        "residual(conv 8 ; ) | relu | output".replace("conv 8 ; ", write(BLOCK.layers)),
    ],
    ids=["layers", "a whole experiment", "with its output", "text", "text with its output"],
)
def test_layers_are_pasted_as_they_were_copied(text: str) -> None:
    assert edits.paste(CNN, "network[2]", text).network == (*CNN.network[:2], BLOCK, ReLU(), *CNN.network[2:])


def test_one_layer_is_pasted_without_a_list_around_it() -> None:
    assert edits.paste(MLP, "network[2]", '{"kind": "dropout", "rate": 0.4}').network[2].model_dump() == {"kind": "dropout", "rate": 0.4}


def test_an_output_layer_comes_along_to_where_one_is_missing() -> None:
    cut = edits.remove_layer(MLP, "network[3]")
    assert edits.paste(cut, "network[3]", as_json(Output())) == MLP
    assert edits.paste(cut, "network[1]", as_json(ReLU(), Output())).network[1:3] == (ReLU(), Dense(units=256))


BOMB = "[" * 50_000 + "]" * 50_000
DEEP = '{"kind": "residual", "layers": [' * 50 + "]}" * 50


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to paste"),
        ("hello", "unknown layer 'hello'"),
        ("conv 8 | dense 0", "at least 1"),
        ("<b>dense</b> 8", "unknown layer"),
        ("[]", "nothing to paste"),
        ("null", "cannot paste"),
        (as_json(Output()), "output"),
        ('[{"kind": "dense", "units": 0}]', "at least 1"),
        ('[{"kind": "<script>alert(1)</script>"}]', "cannot paste"),
        ('[{"kind": "residual", "layers": [{"kind": "residual", "layers": 5}]}]', "cannot paste"),
        ("9" * 9_000, "paste"),
        (BOMB, "paste"),
        (DEEP, "deep"),
        ("x" * 1_000_000, "1,000,000"),
        (as_json(*[ReLU()] * MAX_LAYERS), f"{MAX_LAYERS}"),
    ],
)
def test_what_cannot_be_pasted_is_said_in_words_and_changes_nothing(text: str, said: str) -> None:
    before = MLP.to_json()
    with pytest.raises(SpecError) as caught:
        edits.apply(MLP, {"op": "paste", "path": "network[1]", "text": text})
    assert said in str(caught.value)
    assert len(caught.value.problems[0]) < 600
    assert MLP.to_json() == before


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "wrap_residual", "path": "network[3]"},
        {"op": "wrap_parallel", "path": "network[2]", "count": 2},
        {"op": "wrap_residual", "path": "network[2]", "count": 5},
        {"op": "wrap_residual", "path": "network[9]"},
        {"op": "wrap_residual", "path": "loss"},
        {"op": "unwrap", "path": "network[1]"},
        {"op": "unwrap", "path": "network[1].units"},
        {"op": "remove", "path": "network[1]", "count": 0},
        {"op": "remove", "path": "network[1]", "count": -1},
        {"op": "remove", "path": "network[1]", "count": True},
        {"op": "remove", "path": "network[1]", "count": "2"},
        {"op": "remove", "path": "network[1]", "count": 10**12},
        {"op": "move", "path": "network[1]", "to": "network[3]", "count": 2},
        {"op": "paste", "path": "network[1]", "text": 5},
        {"op": "paste", "path": "network[9]", "text": '{"kind": "relu"}'},
        {"op": "paste", "path": "data.augmentations[0]", "text": '{"kind": "relu"}'},
    ],
)
def test_what_cannot_be_done_is_said_in_words(operation: Any) -> None:
    with pytest.raises(SpecError) as caught:
        edits.apply(MLP, operation)
    assert all(len(problem) > 15 and "Traceback" not in problem for problem in caught.value.problems)


chains = st.sampled_from(["network", "network[1].layers", "network[1].layers[1].branch[0]", "network[2].branch[1]", "network[0].layers"])
paths = st.builds("{}[{}]".format, chains, st.integers(0, 6))
counts = st.integers(0, 4)
texts = st.one_of(st.sampled_from([as_json(BLOCK), as_json(ReLU(), Output()), "[]", DEEP, '{"kind": "parallel"}']), st.text(max_size=20))
operations = st.one_of(
    st.builds(
        lambda op, path, count: {"op": op, "path": path, "count": count},
        st.sampled_from(["wrap_residual", "wrap_parallel", "duplicate", "remove"]),
        paths,
        counts,
    ),
    st.builds(lambda path, to, count: {"op": "move", "path": path, "to": to, "count": count}, paths, paths, counts),
    st.builds(lambda path: {"op": "unwrap", "path": path}, paths),
    st.builds(lambda path, text: {"op": "paste", "path": path, "text": text}, paths, texts),
)


def bare(layers: tuple[Layer, ...]) -> list[str]:
    """The layers that are no blocks, in order, with those inside blocks."""
    return [
        kind
        for layer in layers
        for kind in ([layer.kind] if not layer.branches() else [k for _, each in layer.branches() for k in bare(each)])
    ]


@settings(max_examples=80, deadline=None)
@given(st.lists(operations, max_size=15))
def test_any_edits_are_done_whole_or_not_at_all_and_undo_leads_back(chosen: list[dict[str, Any]]) -> None:
    history = start = History(Version(with_layers(Conv2d(filters=8), BLOCK, Parallel(), Flatten(), Output()).to_json()))
    for operation in chosen:
        spec = parse_spec(history.present.json)
        try:
            changed = edits.apply(spec, operation)
        except SpecError:
            assert spec.to_json() == history.present.json
            continue
        assert parse_spec(changed.to_json()) == changed
        if operation["op"] in ("wrap_residual", "wrap_parallel", "unwrap"):
            assert bare(changed.network) == bare(spec.network)
        elif operation["op"] == "move":
            assert sorted(bare(changed.network)) == sorted(bare(spec.network))
        trace(changed)
        history = history.edited(changed.to_json(), "edit")
    while history.past:
        history = history.undone()
    assert history.present == start.present
