"""Everything that there is of an experiment, as one ZIP."""

import io
import zipfile
from collections.abc import Sequence

from playground.catalog.datasets.examples import DataError
from playground.export.markdown import text
from playground.export.own_data import data_file
from playground.spec import ExperimentSpec

_STAMP = (1980, 1, 1, 0, 0, 0)
"""The same experiment is the same file, to the byte."""
_USE = "To use it as it was trained, in Python, from this folder (needs what the script needs, and `pip install safetensors`)"

Content = tuple[str, str, bytes]
"""Name in the archive, what it is, and what it holds."""


def to_zip(spec: ExperimentSpec, contents: Sequence[Content], left_out: Sequence[tuple[str, str]] = ()) -> bytes:
    """The contents, the data where somebody brought them, and a README that says what is what.

    left_out: what could not be had, and why."""
    parts, missing = list(contents), list(left_out)
    try:
        own = data_file(spec.data)
    except DataError as error:
        own = None
        missing.append(("The data", str(error)))
    if own is not None:
        parts.append((own[0], "The data that you brought; the script and the notebook read it when it lies beside them", own[1]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, _, content in [("README.md", "", _readme(spec, parts, missing).encode()), *parts]:
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return file.getvalue()


def _readme(spec: ExperimentSpec, parts: Sequence[Content], missing: Sequence[tuple[str, str]]) -> str:
    called = getattr(spec.data, "called", "")
    name = f"“{called}”" if called else spec.data.title
    lines = [f"# A neural network for {text(name)}", "", "Made with the neural network playground. In this archive:", ""]
    lines += [f"- `{file}`: {what}" for file, what, _ in parts]
    if missing:
        lines += ["", "Not in it:", "", *(f"- {text(what)}: {text(why)}" for what, why in missing)]
    files = {file.rsplit(".", 1)[-1]: file for file, _, _ in parts}
    if "py" in files:
        lines += ["", "To train it again, the same to the last digit on the same kind of processor:", "", f"    python {files['py']}"]
    if "py" in files and "safetensors" in files:
        lines += ["", f"{_USE}:", ""]
        lines += [f"    {line}" if line else "" for line in _loading(files["py"], files["safetensors"])]
    if "svg" in files:
        lines += ["", f"![The network, layer by layer]({files['svg']})"]
    return "\n".join(lines) + "\n"


def _loading(script: str, weights: str) -> list[str]:
    """The lines that put the weights into the script's network."""
    return [
        "from safetensors.torch import load_file",
        f"from {script.removesuffix('.py')} import DEVICE, build_model, load_data",
        "",
        "model = build_model().to(DEVICE)",
        f'model.load_state_dict(load_file("{weights}"))',
        "model.eval()  # as it is used: dropout is off",
        "inputs, targets = load_data()[1]  # the test set, as the network takes it",
        "outputs = model(inputs)",
    ]
