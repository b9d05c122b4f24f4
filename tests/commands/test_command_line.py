"""Help, wrong specs and imports, which every command has in common."""

import json

import pytest

from tests.commands.calling import python, refused, run, spec_file


def test_help_needs_nothing_heavy():
    heavy = "torch", "streamlit", "captum", "pydantic", "numpy"
    code = f"import sys, playground.__main__; print([name for name in {heavy!r} if name in sys.modules])"
    assert python("-c", code).stdout.strip() == "[]"
    result = python("-m", "playground", "--help")
    assert result.returncode == 0
    assert [name for name in ("check", "train", "predict", "explain", "export") if f"\n  {name} " not in result.stdout] == []
    assert "\n    python -m playground check small_cnn\n" in result.stdout, "each example on its own line"


def test_everything_works_where_streamlit_is_not_installed(tmp_path):
    code = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('streamlit', 'starlette', 'uvicorn'): raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "import json\n"
        "from playground.__main__ import main\n"
        "for arguments in json.loads(sys.argv[1]):\n"
        "    assert not main(arguments, standalone_mode=False)\n"
    )
    train = ["train", str(spec_file(tmp_path / "tiny.json")), "--out", str(tmp_path / "run")]
    result = python("-c", code, json.dumps([["check", "small_cnn"], train]))
    assert result.returncode == 0, result.stderr
    assert "105,866" in result.stdout
    assert (tmp_path / "run" / "model.safetensors").exists()


WRONG_SPECS = {
    "no such preset": ("mlp_784_256_11", "did you mean 'mlp_784_256_10'?"),
    "a range": ({"network": [{"kind": "flatten"}, {"kind": "dense", "units": 0}]}, "network[1].units: must be at least 1, got 0"),
    "a kind": ({"loss": {"kind": "cross_entropie"}}, "did you mean 'cross_entropy'?"),
    "a field": ({"training": {"epoch": 3}}, "did you mean 'epochs'?"),
    "a link cut short": ("?spec=eNpNjksOgzAMRK9SeV0WZd", "copy the whole link again"),
    "a link without": ("https://example.org/", "?spec="),
}


@pytest.mark.parametrize("command", ["check", "train", "export"])
@pytest.mark.parametrize("case", WRONG_SPECS)
def test_a_wrong_spec_is_an_error_with_path_and_suggestion(tmp_path, command, case):
    source, words = WRONG_SPECS[case]
    if isinstance(source, dict):
        source = spec_file(tmp_path / "spec.json", **source)
        words = (str(source), words)
    else:
        words = (words,)
    options = ("--format", "link") if command == "export" else ()
    refused(run(command, source, *options), *words)


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[1, 2]", b"\xff\xfe\x00", b'{"a": ' + b"[" * 100_000, b"{" + b" " * 2_000_000], ids=len
)
def test_hostile_spec_files_are_refused(tmp_path, content):
    (tmp_path / "spec.json").write_bytes(content)
    refused(run("check", tmp_path / "spec.json"), "spec")


def test_no_traceback_from_the_shell_either(tmp_path):
    result = python("-m", "playground", "check", str(spec_file(tmp_path / "spec.json", loss={"kind": "magic"})))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "loss" in result.stderr
