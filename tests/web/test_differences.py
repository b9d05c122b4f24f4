"""What is said to differ, against what was changed."""

from playground.presets import PRESETS
from playground.web import edits
from playground.web.differences import differences

MLP = PRESETS["mlp_784_256_10"].spec


def test_equal_specs_do_not_differ() -> None:
    assert differences(MLP, MLP.model_copy()) == []


def test_each_change_is_named_with_both_values() -> None:
    changed = edits.set_field(edits.set_field(MLP, "optimizer.lr", 0.01), "network[1].units", 64)
    assert sorted(differences(MLP, changed)) == ["network[1].units: 256 → 64", "optimizer.lr: 0.001 → 0.01"]


def test_another_kind_is_one_difference_and_a_longer_network_tells_its_length() -> None:
    assert differences(MLP, edits.replace_part(MLP, "optimizer", "sgd")) == ["optimizer: adam → sgd"]
    assert differences(MLP, edits.add_layer(MLP, "network[1]", "relu")) == ["network: 4 → 5"]


def test_every_setting_counts() -> None:
    for path, value in (("training.seed", 1), ("training.threads", 2), ("training.stop.patience", 2), ("loss.label_smoothing", 0.1)):
        (line,) = differences(MLP, edits.set_field(MLP, path, value))
        assert line.startswith(f"{path}: ")
