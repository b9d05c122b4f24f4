"""Reported differences, compared with the changes that were made."""

from hypothesis import given, settings

from playground.catalog.layers import Conv2d, Dense, Dropout, Flatten, Layer, Output, Parallel, ReLU, Residual, Tanh
from playground.differences import differences, in_short
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web import edits
from tests.drawn import experiments

MLP = PRESETS["mlp_784_256_10"].spec


def with_layers(*layers: Layer) -> ExperimentSpec:
    return MLP.model_copy(update={"network": layers})


def test_equal_specs_do_not_differ() -> None:
    assert differences(MLP, MLP.model_copy()) == []


def said(before: ExperimentSpec, after: ExperimentSpec) -> list[str]:
    return [str(each) for each in differences(before, after)]


def test_each_change_is_named_with_both_values() -> None:
    changed = edits.set_field(edits.set_field(MLP, "optimizer.lr", 0.01), "network[1].units", 64)
    assert said(MLP, changed) == ["network[1].units: 256 → 64", "optimizer.lr: 0.001 → 0.01"]


def test_another_kind_is_one_difference_with_what_is_set_of_it() -> None:
    assert said(MLP, edits.replace_part(MLP, "optimizer", "sgd")) == ["optimizer: adam → sgd"]
    quick = edits.set_field(edits.replace_part(MLP, "optimizer", "sgd"), "optimizer.lr", 0.5)
    assert said(quick, MLP) == ["optimizer: sgd lr=0.5 → adam"]
    assert said(MLP, edits.set_field(MLP, "optimizer.lr", 0.1 + 0.2)) == ["optimizer.lr: 0.001 → 0.30000000000000004"]


def test_layers_that_were_put_in_or_taken_out_are_told_and_the_others_are_not() -> None:
    longer = with_layers(Flatten(), Dropout(rate=0.4), Dense(units=256), ReLU(), Output())
    assert said(MLP, longer) == ["network[1]: dropout 0.4 added"]
    assert said(longer, MLP) == ["network[1]: dropout 0.4 removed"]
    assert said(MLP, with_layers(Flatten(), Dense(units=32), Tanh(), Dense(units=16), Output())) == [
        "network[1].units: 256 → 32",
        "network[2]: relu → tanh",
        "network[3]: dense 16 added",
    ]
    assert said(MLP, with_layers()) == [
        f"network[{place}]: {name} removed" for place, name in enumerate(("flatten", "dense 256", "relu", "output"))
    ]


def test_what_is_inside_blocks_is_named_by_its_place() -> None:
    block = Parallel(branch=((Conv2d(filters=8), ReLU()), ()))
    wider = Parallel(branch=((Conv2d(filters=9), ReLU()), (), (Residual(layers=(ReLU(),)),)), join="add")
    assert said(with_layers(block), with_layers(wider)) == [
        "network[0].branch[0][0].filters: 8 → 9",
        "network[0].branch[2]: residual(relu) added",
        "network[0].join: concatenate → add",
    ]


def test_augmentations_are_told_as_layers_are() -> None:
    turned = edits.add_augmentation(MLP, "rotation")
    assert said(MLP, turned) == ["data.augmentations[0]: rotation added"]
    assert said(turned, edits.set_field(turned, "data.augmentations[0].degrees", 30.0)) == ["data.augmentations[0].degrees: 12 → 30"]


def test_what_is_long_is_cut() -> None:
    (line,) = said(with_layers(), with_layers(Residual(layers=(Conv2d(),) * 40)))
    assert len(line) < 160
    assert "…" in line


def test_every_setting_counts() -> None:
    for path, value in (("training.seed", 1), ("training.threads", 2), ("training.stop.patience", 2), ("loss.label_smoothing", 0.1)):
        (line,) = said(MLP, edits.set_field(MLP, path, value))
        assert line.startswith(f"{path}: ")


@settings(max_examples=60, deadline=None)
@given(experiments(), experiments())
def test_equal_specs_do_not_differ_and_others_do(one: ExperimentSpec, other: ExperimentSpec) -> None:
    assert differences(one, one.model_copy(deep=True)) == []
    assert bool(differences(one, other)) == (one != other)


def test_a_run_is_named_by_what_differs() -> None:
    plain, dropped, less = (
        with_layers(Flatten(), Dense(units=256), ReLU(), *more, Output()) for more in ((), (Dropout(rate=0.5),), (Dropout(rate=0.2),))
    )
    assert in_short(plain, dropped) == "dropout 0.5"
    assert in_short(dropped, plain) == "without dropout 0.5"
    assert in_short(dropped, less) == "dropout 0.2"
    assert in_short(plain, edits.set_field(plain, "optimizer.lr", 0.1)) == "learning rate 0.1"
    assert in_short(plain, edits.replace_part(plain, "optimizer", "sgd")) == "SGD"
    assert in_short(plain, plain) == "same settings"
    changed = edits.set_field(edits.set_field(edits.set_field(plain, "training.seed", 7), "training.epochs", 3), "optimizer.lr", 0.1)
    assert in_short(plain, changed) == "learning rate 0.1, epochs 3 and 1 more"


@settings(deadline=None)
@given(experiments(), experiments())
def test_any_two_experiments_have_a_name(before: ExperimentSpec, after: ExperimentSpec) -> None:
    name = in_short(before, after)
    assert name
    assert (name == "same settings") == (not differences(before, after))
