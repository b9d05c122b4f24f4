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
    if any(file.endswith(".py") for file, _, _ in parts):
        script = next(file for file, _, _ in parts if file.endswith(".py"))
        lines += ["", "To train it again, the same to the last digit on the same kind of processor:", "", f"    python {script}"]
    if any(file.endswith(".svg") for file, _, _ in parts):
        picture = next(file for file, _, _ in parts if file.endswith(".svg"))
        lines += ["", f"![The network, layer by layer]({picture})"]
    return "\n".join(lines) + "\n"
