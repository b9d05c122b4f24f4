"""The sections of generated code, in reading order."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from playground.export.code import standins
from playground.export.code.augmentation import write_augmentation
from playground.export.code.collector import Collector, collected
from playground.export.code.data import packages, write_data
from playground.export.code.modules import ModelCode
from playground.export.code.objective import Objective, write_objective
from playground.export.code.plan import Plan
from playground.export.code.prediction import write_prediction
from playground.export.code.standins import STAND_INS
from playground.export.code.text import write_text
from playground.export.code.training import write_evaluation, write_sample, write_training
from playground.spec import ExperimentSpec

_PLOTS = "playground.export.code.plots"


@dataclass(frozen=True)
class Sections:
    """The code of each section, to be run in this order, not yet formatted; "" for sections that the spec does not need.

    imports: as lines. packages: to be installed. loss: the expression of the loss function. predicted: the expression that
    reads predictions, classes or values, from `outputs`. plots: the requested plot functions, by name."""

    plan: Plan
    packages: tuple[str, ...]
    imports: frozenset[str]
    settings: str
    data: str
    augmentation: str
    model: str
    training: str
    text: str
    prediction: str
    loss: str
    predicted: str
    counts_classes: bool
    plots: Mapping[str, str]


def sections(spec: ExperimentSpec, folder: str, choose: Callable[[Plan], Sequence[str]] = lambda _: ()) -> Sections:
    """The code of a spec. folder: an expression for the folder of the code. choose: selects functions of `plots`.

    Raises: SpecError if the network cannot be trained."""
    plan = Plan(spec)
    texts: dict[str, str] = {}
    objectives: list[Objective] = []
    predicted: list[str] = []

    def write(collector: Collector) -> None:
        collector.reserve(standins.__name__, "FOLDER")
        texts["data"] = write_data(collector, plan)
        texts["augmentation"] = write_augmentation(collector, plan)
        collector.pieces.section = "model"
        texts["model"] = _model(collector, plan)
        objective = write_objective(collector, plan)
        objectives[:] = [objective]
        collector.pieces.section = "training"
        texts["training"] = "\n\n\n".join(
            [write_evaluation(collector, plan), write_sample(plan), write_training(collector, plan, objective)]
        )

        collector.pieces.section = "text"
        texts["text"] = write_text(collector, plan)
        collector.pieces.section = "prediction"
        texts["prediction"] = write_prediction(collector, plan)

        reading = "predicted" if plan.data.classes else "probabilities"
        predicted[:] = [collector.inlined(plan.readout, reading, {"outputs": "outputs"}) or "outputs"]
        for plot in choose(plan):
            collector.pieces.section = plot
            collector.project(_PLOTS, plot)

    collector = collected(write, plan.facts, STAND_INS)
    objective = objectives[0]
    collector.pieces.without_idle(*texts.values(), *predicted, *choose(plan), objective.loss)
    if not plan.data.tensor.varies:
        collector.pieces.without_masks()
    names = collector.pieces.plain_names(*texts.values(), objective.loss)
    whole = {
        name: _joined(collector.pieces.text(name), texts.get(name, ""), names)
        for name in ("data", "augmentation", "model", "text", "prediction")
    }
    whole["training"] = _joined(collector.pieces.text("objective"), texts["training"], names)
    code = "\n".join(whole.values())
    settings = _settings(plan, folder if re.search(r"\bFOLDER\b", code) else None)
    imports = {_import_line(*each) for each in collector.imports}
    return Sections(
        plan=plan,
        packages=tuple(packages("\n".join([code, *imports]))),
        imports=frozenset(imports),
        settings=settings,
        data=whole["data"],
        augmentation=whole["augmentation"],
        model=whole["model"],
        training=whole["training"],
        text=whole["text"],
        prediction=whole["prediction"],
        loss=_renamed(objective.loss, names),
        predicted=predicted[0],
        counts_classes=objective.counts_classes,
        plots={plot: collector.pieces.text(plot) for plot in choose(plan)},
    )


def import_block(lines: frozenset[str], code: str) -> str:
    """Imports in the usual order, standard library first, without unused ones."""
    used = sorted((line for line in lines if re.search(rf"\b{re.escape(line.split()[-1].split('.')[0])}\b", code)), key=_order)
    own = [line for line in used if line.split()[1].split(".")[0] in sys.stdlib_module_names]
    others = [line for line in used if line not in own]
    return "\n\n".join("\n".join(_merged(block)) for block in (own, others) if block)


def _model(collector: Collector, plan: Plan) -> str:
    spec = plan.spec
    collector.external("torch", "nn", "nn")
    made, *lines = ModelCode(collector, plan.outputs).network(spec.network, plan.model, spec.data.tensor)
    shape = str(spec.data.tensor)
    docstring = f'    """Build the network. Input: {shape}. Comments: the output of each layer."""'
    return "\n".join(["def build_model():", docstring, f"    return {made}", *lines])


def _settings(plan: Plan, folder: str | None) -> str:
    training = plan.spec.training
    lines = [
        f"EPOCHS = {training.epochs}",
        f"BATCH_SIZE = {training.batch_size}",
        f"LEARNING_RATE = {plan.spec.optimizer.lr!r}",
        f"SEED = {training.seed}  # the same seed gives the same losses",
    ]
    if training.ema is not None:
        lines.append(f"AVERAGING = {training.ema!r}  # share of the averaged weights that is kept at each step")
    if training.stop.seconds is not None:
        lines.append(f"SECONDS = {training.stop.seconds!r}  # time limit: the number of steps depends on the computer")
    if training.device == "auto":
        lines.append('DEVICE = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"')
    else:
        lines.append(f"DEVICE = {training.device!r}")
    if folder is not None:
        lines.append(f"FOLDER = {folder}  # for data files")
    if training.threads != "auto":
        lines.append(f"torch.set_num_threads({training.threads})  # the number of threads affects rounding")
    return "\n".join(lines)


def _joined(pieces: str, text: str, names: Mapping[str, str]) -> str:
    return _renamed("\n\n\n".join(part for part in (pieces, text) if part), names)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for name, plain in names.items():
        text = re.sub(rf"(?<![\w.'\"]){re.escape(name)}\b", plain, text)
    return text


def _import_line(module: str, name: str | None, alias: str) -> str:
    what = f"import {module}" if name is None else f"from {module} import {name}"
    bound = module.split(".")[0] if name is None else name
    return what if alias in (bound, module) else f"{what} as {alias}"


def _order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line.lower()


def _merged(lines: list[str]) -> list[str]:
    """Merges `from a import b` and `from a import c`."""
    merged: list[str] = []
    for line in lines:
        start, _, name = line.partition(" import ")
        if merged and line.startswith("from") and merged[-1].startswith(f"{start} import "):
            merged[-1] += f", {name}"
        else:
            merged.append(line)
    return merged
