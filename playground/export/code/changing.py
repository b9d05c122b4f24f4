"""The changes during a run: a function that is called before every step, and what the batches of an epoch follow."""

import re
from itertools import groupby

from playground.export.code.augmentation import names
from playground.export.code.collector import Collector
from playground.export.code.data import encoded
from playground.export.code.modules import attribute
from playground.export.code.plan import Plan
from playground.network.changing import BATCH_SIZE, LABEL_NOISE, LEARNING_RATE, Attributes, is_of_batches, target

_RATE = "playground.catalog.schedules.base_rate"
_AUGMENTATIONS = "data.augmentations"
_IN_EFFECT = '''def in_effect(settings, step):
    """Return what is in effect in an epoch that begins after this many steps."""
    return [value for since, value in settings if since < step or since < 0][-1]'''


def write_changes(collector: Collector, plan: Plan) -> str:
    """`make_changes(step, model, optimizer, schedule)` for changes that take effect at once; empty without any."""
    at_once = [change for change in plan.spec.changes if not is_of_batches(change.path)]
    if not at_once:
        return ""
    collector.external("torch")
    lines = [
        "@torch.no_grad()",
        "def make_changes(step, model, optimizer, schedule):",
        '    """Change settings and single weights after this many steps."""',
    ]
    rate = plan.spec.optimizer.lr
    for step, changes in groupby(at_once, key=lambda each: each.step):
        lines.append(f"    if step == {step}:")
        for each in changes:
            if each.path == LEARNING_RATE:
                function = _copied(collector, "set_learning_rate")
                lines.append(f"        {function}(optimizer, schedule, {rate!r}, {each.value!r})")
                rate = each.value
            else:
                lines += [f"        {place} = {each.value!r}" for place in _places(plan, each.path)]
    return "\n".join(lines)


def write_settings(collector: Collector, plan: Plan) -> str:
    """What takes effect between two epochs, as lists of steps and values, and `in_effect`, which looks them up; empty without any."""
    lists = []
    if plan.changes_of(BATCH_SIZE):
        lists.append(_listed("BATCH_SIZES", "BATCH_SIZE", [(each.step, str(int(each.value))) for each in plan.changes_of(BATCH_SIZE)]))
    if plan.changes_of(LEARNING_RATE) and _restarts_schedule(plan):
        lists.append(_listed("LEARNING_RATES", "LEARNING_RATE", [(each.step, repr(each.value)) for each in plan.changes_of(LEARNING_RATE)]))
    if changes := plan.changes_of(_AUGMENTATIONS):
        first, *later = names(plan)
        lists.append(_listed("AUGMENTATIONS", first, [(each.step, name) for each, name in zip(changes, later, strict=True)]))
    functions = [_labels(collector, plan, index) for index in range(len(plan.changes_of(LABEL_NOISE)))]
    if not lists and not functions:
        return ""
    return "\n\n\n".join(
        [
            *functions,
            "\n".join(["# After so many steps: what is in effect from the next epoch on.", *lists]) if lists else "",
            _IN_EFFECT,
        ]
    ).strip()


def epoch_lines(collector: Collector, plan: Plan, used: str | None, schedule: str | None) -> list[str]:
    """The lines at the start of an epoch that take up what has changed. used: the expression of the examples in an epoch, if not all;
    schedule: that of the schedule, if it depends on the number of steps."""
    lines = []
    if plan.changes_of(LABEL_NOISE):
        lines.append("targets = in_effect(all_targets, len(losses))")
    if plan.changes_of(_AUGMENTATIONS):
        lines.append("augment = in_effect(AUGMENTATIONS, len(losses))")
    if plan.changes_of(BATCH_SIZE):
        lines.append("batch_size = in_effect(BATCH_SIZES, len(losses))")
        if used:
            lines.append(f"used = {used}")
        if schedule:
            rate = "in_effect(LEARNING_RATES, len(losses))" if plan.changes_of(LEARNING_RATE) else "LEARNING_RATE"
            again = re.sub(r"\bLEARNING_RATE\b", "rate", schedule)
            lines += [
                f"steps = math.ceil({'used' if used else 'len(inputs)'} / batch_size)",
                "if steps != steps_per_epoch:  # the schedule goes on with steps of another size",
                f"    steps_per_epoch, rate = steps, {rate}",
                f"    schedule = {_copied(collector, 'rescheduled')}(",
                f"        lambda: {again}, optimizer, rate, (epoch - 1) * steps",
                "    )",
            ]
    return lines


def label_lines(plan: Plan) -> list[str]:
    """The line before the first epoch that loads the targets of all versions of the label noise."""
    changes = plan.changes_of(LABEL_NOISE)
    if not changes:
        return []
    later = [f"({each.step}, labels_{index + 2}())" for index, each in enumerate(changes)]
    return [f"all_targets = [(-1, targets), {', '.join(later)}]  # after so many steps, from the next epoch on"]


def _restarts_schedule(plan: Plan) -> bool:
    return bool(plan.changes_of(BATCH_SIZE)) and plan.spec.schedule.kind not in ("constant", "plateau")


def _labels(collector: Collector, plan: Plan, index: int) -> str:
    """The training targets with another label noise."""
    version = plan.versions_of(LABEL_NOISE)[index + 1].data
    collector.pieces.section = "data"
    load = collector.method(version, "load")
    stored = f"torch.tensor({load}().train.targets)"
    targets = stored if plan.per_step else encoded(collector, plan, stored)
    return (
        f"def labels_{index + 2}():\n"
        f'    """Load the training targets with a label noise of {version.label_noise:g}."""\n'
        f"    return {targets}.to(DEVICE)"
    )


def _listed(name: str, first: str, later: list[tuple[int, str]]) -> str:
    return f"{name} = [(-1, {first}), {', '.join(f'({step}, {value})' for step, value in later)}]"


def _copied(collector: Collector, function: str) -> str:
    collector.pieces.section = "objective"
    return collector.project(_RATE, function)


def _places(plan: Plan, path: str) -> list[str]:
    """What a change sets, as code."""
    found = target(plan.spec, path)
    if isinstance(found, Attributes):
        return [attribute(f"{found.module}.{name}") for name in found.names]
    return [f"{attribute(f'{found.module}.{found.name}')}[{', '.join(map(str, found.index))}]"]
