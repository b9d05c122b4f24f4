"""`check`: layers, shapes, counts and problems."""

from tests.commands.calling import run, spec_file


def test_check_shows_layers_shapes_and_counts():
    result = run("check", "mlp_784_256_10")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()[:6]] == ["#", "1", "2", "3", "4", "total"]
    assert "1×28×28" in result.stdout
    assert f"{784 * 256 + 256 + 256 * 10 + 10:,}" in result.stdout


def test_check_numbers_layers_in_blocks_and_names_the_path_that_messages_name(tmp_path):
    branches = [
        [{"kind": "relu"}],
        [{"kind": "tanh"}, {"kind": "residual", "layers": [{"kind": "softmax"}, {"kind": "dense", "units": 784}]}],
    ]
    network = [{"kind": "flatten"}, {"kind": "parallel", "branch": branches}, {"kind": "output"}]
    lines = run("check", spec_file(tmp_path / "spec.json", network=network)).stdout.splitlines()
    assert [line.split()[0] for line in lines[1:10]] == ["1", "2", "2.1.1", "2.2.1", "2.2.2", "2.2.2.1", "2.2.2.2", "3", "total"]
    assert lines[3].split()[1:4] == ["ReLU", "64", "64"]
    assert lines[6].endswith("network[1].branch[1][1].layers[0]")
    assert any(line.startswith("note: network[1].branch[1][1].layers[0]: Softmax") for line in lines)


def test_check_names_problems_with_their_fix(tmp_path):
    result = run("check", spec_file(tmp_path / "spec.json", network=[{"kind": "dense"}, {"kind": "output"}]))
    assert result.exit_code == 1
    assert "error: network[0]: Dense needs a vector" in result.stdout
    assert "→ Insert a flatten layer before it" in result.stdout


def test_a_note_does_not_fail_the_check(tmp_path):
    result = run("check", spec_file(tmp_path / "spec.json", network=[{"kind": "flatten"}, {"kind": "dense"}, {"kind": "output"}]))
    assert result.exit_code == 0
    assert "note: network[2]" in result.stdout


def test_check_shows_the_memory_that_training_needs():
    lines = run("check", "mlp_784_256_10").stdout.splitlines()
    assert lines[5].split() == ["total", f"{784 * 256 + 256 + 256 * 10 + 10:,}", f"{2 * 784 * 256 + 2 * 256 * 10:,}", "1,024"]
    weights = 4 * (784 * 256 + 256 + 256 * 10 + 10)
    assert lines[6].startswith("training memory with a batch size of 32: 3.39 MB")
    assert f"Adam {2 * weights / 1e6:.2f} MB" in lines[6]
