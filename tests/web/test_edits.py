"""Edits against the plain lists and dictionaries that they stand for, and any number of them taken back."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.datasets import DATASETS
from playground.catalog.layers import (
    LAYERS,
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Output,
    Parallel,
    ReLU,
    Residual,
    Tanh,
    ToSequence,
)
from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.tensors import TensorSpec
from playground.network import trace
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import MAX_LAYERS, ExperimentSpec, SpecError
from playground.web import edits
from playground.web.history import History, Version

MLP = PRESETS["mlp_784_256_10"].spec
CNN = PRESETS["small_cnn"].spec
POINTS = PRESETS["playground_2d"].spec
BLOCKS = CNN.model_copy(
    update={
        "network": (
            Conv2d(filters=8),
            Residual(layers=(Conv2d(filters=8), ReLU())),
            Parallel(branch=((Conv2d(filters=4), Residual(layers=(ReLU(),))), ())),
            Flatten(),
            Output(),
        )
    }
)


def kinds(spec: ExperimentSpec) -> list[str]:
    return [layer.kind for layer in spec.network]


def test_a_layer_is_added_before_the_one_at_its_place() -> None:
    assert kinds(edits.add_layer(MLP, "network[2]", "dropout")) == ["flatten", "dense", "dropout", "relu", "output"]
    assert kinds(edits.add_layer(MLP, "network[4]", "softmax"))[-1] == "softmax"


@pytest.mark.parametrize(("index", "to"), [(0, 3), (3, 0), (1, 2), (2, 2)])
def test_moving_is_taking_out_and_putting_in(index: int, to: int) -> None:
    expected = kinds(MLP)
    expected.insert(to, expected.pop(index))
    assert kinds(edits.move_layer(MLP, f"network[{index}]", f"network[{to}]")) == expected


def test_duplicates_stand_side_by_side_with_the_same_settings() -> None:
    doubled = edits.duplicate_layer(MLP, "network[1]")
    assert doubled.network[1] == doubled.network[2] == Dense(units=256)
    assert edits.remove_layer(doubled, "network[2]") == MLP


@pytest.mark.parametrize(
    "edit",
    [
        lambda: edits.add_layer(MLP, "network[9]", "dense"),
        lambda: edits.add_layer(MLP, "network[-1]", "dense"),
        lambda: edits.add_layer(MLP, "network[0]", "densse"),
        lambda: edits.move_layer(MLP, "network[0]", "network[4]"),
        lambda: edits.remove_layer(MLP, "network[4]"),
        lambda: edits.duplicate_layer(MLP, "network[-1]"),
        lambda: edits.set_field(MLP, "network[1].units", 0),
        lambda: edits.set_field(MLP, "network[1].units", 10**30),
        lambda: edits.set_field(MLP, "network[7].units", 5),
        lambda: edits.set_field(MLP, "network[1].widgets", 5),
        lambda: edits.set_field(MLP, "", 5),
        lambda: edits.set_field(MLP, "optimizer.lr", float("nan")),
        lambda: edits.add_augmentation(POINTS, "rotation"),
        lambda: edits.replace_part(MLP, "loss", "crossentropy"),
        lambda: edits.add_layer(MLP, "network", "dense"),
        lambda: edits.add_layer(MLP, "network[1].layers[0]", "dense"),
        lambda: edits.add_layer(MLP, "data.augmentations[0]", "dense"),
        lambda: edits.add_layer(BLOCKS, "network[2].branch[2]", "dense"),
        lambda: edits.add_layer(BLOCKS, "network[2].branch[1][1]", "dense"),
        lambda: edits.move_layer(BLOCKS, "network[1]", "network[0].layers[0]"),
        lambda: edits.move_layer(BLOCKS, "network[1]", "network[1].branch[2]"),
        lambda: edits.move_layer(BLOCKS, "network[2].branch[0]", "network[0]"),
        lambda: edits.duplicate_layer(BLOCKS, "network[2].branch[1]"),
        lambda: edits.remove_layer(BLOCKS, "network[2].branch[1]"),
        lambda: edits.add_branch(BLOCKS, "network[1]"),
        lambda: edits.add_branch(BLOCKS, "network[2].branch[0]"),
        lambda: edits.remove_branch(BLOCKS, "network[2]"),
        lambda: edits.remove_branch(BLOCKS, "network[1].layers[0]"),
        lambda: edits.apply(BLOCKS, {"op": "set", "path": "network[2]", "field": "branch[0]", "value": []}),
        lambda: edits.apply(BLOCKS, {"op": "set", "path": "network[1]", "field": "layers", "value": []}),
        lambda: edits.apply(BLOCKS, {"op": "set", "path": "network[3]", "field": "kind", "value": "relu"}),
        lambda: edits.apply(BLOCKS, {"op": "set", "path": "network[2].branch", "field": "units", "value": 5}),
        lambda: edits.apply(BLOCKS, {"op": "remove", "path": "data.augmentations[0]"}),
        lambda: edits.apply(MLP, None),
        lambda: edits.apply(MLP, {"op": "eval"}),
        lambda: edits.apply(MLP, {"op": "move", "path": "network[1]"}),
        lambda: edits.apply(MLP, {"op": "remove", "path": True}),
        lambda: edits.apply(MLP, {"op": "set", "path": "network[1]", "field": "units", "value": {"a": 1}}),
    ],
)
def test_what_cannot_be_done_is_said_in_words(edit: Any) -> None:
    with pytest.raises(SpecError) as caught:
        edit()
    assert all(len(problem) > 15 and "Traceback" not in problem for problem in caught.value.problems)


def test_a_layer_is_added_in_a_block_and_in_an_empty_branch() -> None:
    inside = edits.add_layer(BLOCKS, "network[1].layers[1]", "dropout")
    assert inside.network[1] == Residual(layers=(Conv2d(filters=8), Dropout(), ReLU()))
    filled = edits.add_layer(BLOCKS, "network[2].branch[1][0]", "tanh")
    assert filled.network[2] == Parallel(branch=((Conv2d(filters=4), Residual(layers=(ReLU(),))), (Tanh(),)))


def test_a_layer_moves_from_one_chain_into_another_and_back() -> None:
    moved = edits.move_layer(BLOCKS, "network[0]", "network[0].layers[0]")
    assert kinds(moved) == ["residual", "parallel", "flatten", "output"]
    assert moved.network[0] == Residual(layers=(Conv2d(filters=8), Conv2d(filters=8), ReLU()))
    assert edits.move_layer(moved, "network[0].layers[0]", "network[0]") == BLOCKS
    block = edits.move_layer(BLOCKS, "network[1]", "network[1].branch[1][0]").network[1]
    assert block == Parallel(branch=((Conv2d(filters=4), Residual(layers=(ReLU(),))), (BLOCKS.network[1],)))


def test_a_block_is_duplicated_and_removed_with_what_is_in_it() -> None:
    doubled = edits.duplicate_layer(BLOCKS, "network[1]")
    assert doubled.network[1] == doubled.network[2] == BLOCKS.network[1]
    assert edits.remove_layer(doubled, "network[2]") == BLOCKS


def test_branches_are_added_and_removed_up_to_a_limit() -> None:
    more = BLOCKS
    for _ in range(6):
        more = edits.add_branch(more, "network[2]")
    with pytest.raises(SpecError):
        edits.add_branch(more, "network[2]")
    for _ in range(6):
        more = edits.remove_branch(more, "network[2].branch[2]")
    assert more == BLOCKS
    one = edits.remove_branch(BLOCKS, "network[2].branch[0]")
    assert one.network[2] == Parallel(branch=((),))
    with pytest.raises(SpecError):
        edits.remove_branch(one, "network[2].branch[0]")


STARTS: dict[str, tuple[ExperimentSpec, str, Layer]] = {
    "residual on maps": (CNN, "network[2]", Residual(layers=(Conv2d(filters=16), BatchNorm(), ReLU(), Conv2d(filters=16), BatchNorm()))),
    "residual on a vector": (MLP, "network[2]", Residual(layers=(Dense(units=64), ReLU(), Dense(units=256)))),
    "parallel on maps": (CNN, "network[2]", Parallel(branch=((Conv2d(filters=8, kernel=1), ReLU()), (Conv2d(filters=8), ReLU())))),
    "parallel on points": (POINTS, "network[0]", Parallel(branch=((Dense(units=8), ReLU()), (Dense(units=8), Tanh())))),
}


@pytest.mark.parametrize("case", STARTS)
def test_a_new_block_works_at_once(case: str) -> None:
    spec, path, block = STARTS[case]
    changed = edits.add_layer(spec, path, block.kind)
    assert changed.network[int(path[-2])] == block
    assert trace(changed).ok
    assert not [problem for problem in trace(changed).problems if problem.path.startswith(path)]


@pytest.mark.parametrize("kind", ["residual", "parallel"])
def test_a_new_block_works_on_sequences(kind: str) -> None:
    rows = CNN.model_copy(update={"network": (ToSequence(), Flatten(), Output())})
    assert trace(edits.add_layer(rows, "network[1]", kind)).ok


@pytest.mark.parametrize("kind", ["residual", "parallel"])
def test_a_new_block_in_a_block_knows_what_comes_there(kind: str) -> None:
    changed = edits.add_layer(BLOCKS, "network[2].branch[0][1]", kind)
    assert trace(changed).ok
    assert trace(changed).tensor_before("network[2].branch[0][1]") == TensorSpec.image(4, 28, 28)
    assert trace(changed).tensor_before("network[2].branch[1][0]") == TensorSpec.image(8, 28, 28)


def test_a_network_can_only_grow_to_its_limit() -> None:
    full = MLP.model_copy(update={"network": (Flatten(),) * MAX_LAYERS})
    with pytest.raises(SpecError):
        edits.add_layer(full, "network[0]", "relu")


def test_a_field_is_set_by_its_path_and_nothing_else_changes() -> None:
    changed = edits.set_field(MLP, "network[1].units", 64)
    assert changed.model_dump() == MLP.model_dump() | {"network": changed.model_dump()["network"]}
    assert changed.network == (Flatten(), Dense(units=64), ReLU(), Output())
    assert edits.set_field(MLP, "training.stop.patience", 3).training.stop.patience == 3


def test_another_optimizer_keeps_what_both_have() -> None:
    tuned = edits.set_field(edits.replace_part(MLP, "optimizer", "sgd"), "optimizer.momentum", 0.7)
    tuned = edits.set_field(tuned, "optimizer.lr", 0.05)
    for kind in OPTIMIZERS.kinds():
        other = edits.replace_part(tuned, "optimizer", kind).optimizer
        assert (other.kind, other.lr) == (kind, 0.05)
    assert edits.replace_part(tuned, "optimizer", "sgd") == tuned


@pytest.mark.parametrize("start", [MLP, CNN, POINTS], ids=["mlp", "cnn", "points"])
@pytest.mark.parametrize("kind", DATASETS.kinds())
def test_another_dataset_leaves_an_experiment_that_can_be_trained(start: ExperimentSpec, kind: str) -> None:
    adapted = edits.replace_dataset(start, kind)
    assert adapted.spec.data.kind == kind
    assert adapted.spec.data.task.answer in adapted.spec.loss.tasks
    fits = start.data.shape == adapted.spec.data.shape
    assert trace(adapted.spec).ok
    assert (adapted.spec.loss != start.loss) == any("loss" in note for note in adapted.notes)
    if fits:
        assert adapted.spec.network == start.network


def test_points_keep_their_settings_when_the_set_changes() -> None:
    noisy = edits.set_field(edits.set_field(POINTS, "data.noise", 0.3), "data.samples", 240)
    data = edits.replace_dataset(noisy, "spiral").spec.data
    assert (data.model_dump()["noise"], data.model_dump()["samples"]) == (0.3, 240)


def test_settings_that_were_left_alone_are_those_of_the_new_set() -> None:
    """Tables are standardized unless somebody said otherwise, images are not; a curve's noise is none of an image's."""
    wine = edits.replace_dataset(POINTS, "wine").spec
    assert wine.data.standardise
    assert not edits.replace_dataset(wine, "mnist_sample").spec.data.standardise
    harder = edits.set_field(edits.set_field(wine, "data.standardise", False), "data.label_noise", 0.2)
    diabetes = edits.replace_dataset(edits.set_field(harder, "data.seed", 5), "diabetes").spec.data
    assert (diabetes.standardise, diabetes.label_noise, diabetes.model_dump()["seed"]) == (False, 0.2, 5)
    noisy = edits.set_field(edits.replace_dataset(POINTS, "curve").spec, "data.noise", 0.4)
    shapes = edits.replace_dataset(noisy, "shapes").spec.data.model_dump()
    assert (shapes["noise"], shapes["samples"]) == (0, 2000)


def test_between_families_what_cannot_be_used_goes_and_is_told() -> None:
    augmented = edits.add_augmentation(CNN, "rotation")
    adapted = edits.replace_dataset(augmented, "iris")
    assert next(layer.kind for layer in adapted.spec.network if layer.kind != "flatten") in ("dense", "output")
    assert any("rows of numbers" in note and "layers" in note for note in adapted.notes)
    assert any("Augmentation was removed" in note for note in adapted.notes)
    blocks = edits.replace_dataset(BLOCKS, "curve").spec
    assert trace(blocks).ok
    assert trace(edits.replace_dataset(blocks, "shapes").spec).ok


def test_a_loss_that_does_not_fit_is_replaced_and_told() -> None:
    adapted = edits.replace_dataset(MLP, "plane")
    assert adapted.spec.loss.kind == next(loss.name() for loss in LOSSES if "regression" in loss.tasks)
    assert any("cross-entropy" in note for note in adapted.notes)


def test_layers_for_images_go_with_the_images_and_flatten_comes_with_them() -> None:
    assert not any(isinstance(layer, Conv2d) for layer in edits.replace_dataset(CNN, "circle").spec.network)
    assert isinstance(edits.replace_dataset(POINTS, "mnist_sample").spec.network[0], Flatten)


def test_augmentations_are_added_moved_and_removed_in_order() -> None:
    two = edits.add_augmentation(edits.add_augmentation(MLP, "rotation"), "noise")
    assert [each["kind"] for each in two.model_dump()["data"]["augmentations"]] == ["rotation", "noise"]
    swapped = edits.move_augmentation(two, 1, 0)
    assert [each["kind"] for each in swapped.model_dump()["data"]["augmentations"]] == ["noise", "rotation"]
    assert edits.remove_augmentation(edits.remove_augmentation(swapped, 0), 0) == MLP


indices = st.integers(0, 6).map("[{}]".format)
chain_names = st.sampled_from([".layers", ".branch[0]", ".branch[1]"])
paths = st.builds(
    lambda first, deeper: "network" + first + "".join(name + index for name, index in deeper),
    indices,
    st.lists(st.tuples(chain_names, indices), max_size=2),
)
odd_paths = st.sampled_from(
    ["network[-1]", "network[1].layers", "network", "data.augmentations[0]", "network[1].units", "network[0].branch[0]", "", "loss"]
)
anywhere = st.one_of(paths, paths, paths, odd_paths)
operations = st.one_of(
    st.builds(lambda path, kind: {"op": "add", "path": path, "kind": kind}, anywhere, st.sampled_from(LAYERS.kinds())),
    st.builds(lambda path, kind: {"op": "add", "path": path, "kind": kind}, paths, st.sampled_from(["residual", "parallel"])),
    st.builds(lambda path, to: {"op": "move", "path": path, "to": to}, anywhere, anywhere),
    st.builds(lambda op, path: {"op": op, "path": path}, st.sampled_from(["duplicate", "remove", "add_branch", "remove_branch"]), anywhere),
    st.builds(lambda path, branch: {"op": "remove_branch", "path": f"{path}.branch[{branch}]"}, paths, st.integers(0, 3)),
    st.builds(
        lambda path, field, value: {"op": "set", "path": path, "field": field, "value": value},
        anywhere,
        st.sampled_from(["units", "rate", "kernel", "padding", "join", "layers", "kind", "branch[0]"]),
        st.one_of(st.integers(-5, 3000), st.floats(), st.text(max_size=5), st.none(), st.just([])),
    ),
    st.builds(lambda kind: ("data", kind), st.sampled_from(["mnist_sample", "circle", "plane"])),
    st.builds(lambda kind: ("optimizer", kind), st.sampled_from(OPTIMIZERS.kinds())),
)


def applied(spec: ExperimentSpec, operation: Any) -> ExperimentSpec:
    if isinstance(operation, tuple):
        part, kind = operation
        return edits.replace_dataset(spec, kind).spec if part == "data" else edits.replace_part(spec, part, kind)
    return edits.apply(spec, operation)


@settings(max_examples=60, deadline=None)
@given(st.lists(operations, max_size=20))
def test_any_edits_leave_a_readable_spec_and_undo_leads_back_to_the_start(chosen: list[Any]) -> None:
    history = start = History(Version(BLOCKS.to_json()))
    for operation in chosen:
        spec = parse_spec(history.present.json)
        try:
            changed = applied(spec, operation)
        except SpecError:
            continue
        assert parse_spec(changed.to_json()) == changed
        trace(changed)
        history = history.edited(changed.to_json(), "edit")
    end, back = history.present, history
    while back.past:
        back = back.undone()
    assert back.present == start.present
    while back.future:
        back = back.redone()
    assert back.present == end
    assert History.of(history.plain()) == history


def test_a_new_edit_forgets_what_was_undone_and_the_same_spec_is_no_edit() -> None:
    history = History(Version("a")).edited("b", "first").edited("c", "second").undone()
    assert (history.undoes, history.redoes) == ("first", "second")
    assert history.edited("d", "third").redoes is None
    assert history.edited("b", "nothing") == history


def test_only_so_many_steps_are_kept() -> None:
    history = History(Version("0"))
    for number in range(1, 300):
        history = history.edited(str(number), "")
    assert len(history.past) == 100
    assert history.past[0].json == "199"
