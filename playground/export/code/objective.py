"""The loss, optimizer and schedule as expressions."""

import ast
import importlib
import inspect
from dataclasses import dataclass

from playground.catalog.datasets import Downloaded
from playground.catalog.schedules import Constant, Plateau
from playground.export.code.collector import Collector
from playground.export.code.data import encoded
from playground.export.code.folding import UNKNOWN, value_of
from playground.export.code.plan import Plan
from playground.own import OwnDataset

_ANSWERS = "playground.catalog.answers"
_FAR = 10**9
"""More steps than any run has: code that is the same for this number and the fewest steps is the same for all numbers in between."""


@dataclass(frozen=True)
class Objective:
    """Expressions over `class_counts`, `parameters`, `optimizer`, `steps` and `steps_per_epoch`.

    schedule: None for a constant learning rate. may_stay: whether the schedule's function may return None."""

    loss: str
    optimizer: str
    schedule: str | None
    may_stay: bool

    @property
    def counts_classes(self) -> bool:
        return "class_counts" in self.loss


def write_objective(collector: Collector, plan: Plan) -> Objective:
    """The expressions; their dependencies are added to the collector."""
    spec = plan.spec
    collector.pieces.section = "objective"
    loss = collector.inlined(spec.loss, "build", {"class_counts": "class_counts" if plan.data.classes else "()"})
    parameters = {"parameters": "parameters"}
    rate = {"self.lr": "LEARNING_RATE", "can_fuse(weights)": "True", "list(parameters)": "parameters"}
    optimizer = collector.inlined(spec.optimizer, "build", parameters, given=rate)
    if loss is None or optimizer is None:
        raise ValueError(f"{spec.loss.kind}, {spec.optimizer.kind}: cannot be built by one expression")
    loss = _shorter(collector, loss)
    if plan.per_step:
        loss = f"{collector.project(_ANSWERS, 'StepLoss')}({loss}, lambda targets: {encoded(collector, plan, 'targets')})"
    return Objective(loss, _shorter(collector, optimizer), *_schedule(collector, plan))


def _schedule(collector: Collector, plan: Plan) -> tuple[str | None, bool]:
    spec = plan.spec
    if isinstance(spec.schedule, Constant):
        return None, False
    arguments = {name: name for name in ("optimizer", "steps", "steps_per_epoch")}
    rate = {"optimizer.param_groups[0]['lr']": "LEARNING_RATE"}
    few, many = (collector.inlined(spec.schedule, "build", arguments, {"steps": steps}, rate) for steps in (_fewest_steps(plan), _FAR))
    if few is not None and few == many:
        return _shorter(collector, few, spec.optimizer.lr), few == "None"
    call = collector.method_call(spec.schedule, "build", arguments)
    return call, "return None" in collector.pieces.text("objective")


def _fewest_steps(plan: Plan) -> int:
    """The fewest steps of a run: one epoch if the data come with the app, otherwise one step, as the data may not be available."""
    if isinstance(plan.data, Downloaded | OwnDataset):
        return 1
    return max(1, len(plan.data.load().train) // plan.spec.training.batch_size)


def is_plateau(plan: Plan) -> bool:
    """Whether the learning rate depends on the test loss."""
    return isinstance(plan.spec.schedule, Plateau)


def _shorter(collector: Collector, text: str, rate: float | None = None) -> str:
    """The call without arguments that equal the defaults."""
    node = ast.parse(text, mode="eval").body
    if not isinstance(node, ast.Call):
        return text
    target = _target(collector, node.func)
    if target is None:
        return text
    defaults = {name: parameter.default for name, parameter in inspect.signature(target).parameters.items()}
    known = {} if rate is None else {"LEARNING_RATE": rate}
    values = [(each, value_of(each.value, known)) for each in node.keywords]
    node.keywords = [each for each, value in values if value is UNKNOWN or _differs(value, defaults.get(str(each.arg)))]
    return ast.unparse(node)


def _differs(value: object, default: object) -> bool:
    return isinstance(value, bool) is not isinstance(default, bool) or value != default


def _target(collector: Collector, function: ast.expr) -> type | None:
    """The PyTorch class that an expression names."""
    for module, name, alias in collector.imports:
        imported = importlib.import_module(module)
        value = imported if name is None else getattr(imported, name)
        match function:
            case ast.Name(id=used) if used == alias and isinstance(value, type):
                return value
            case ast.Attribute(value=ast.Name(id=used), attr=attribute) if used == alias:
                found = getattr(value, attribute, None)
                return found if isinstance(found, type) else None
    return None
