"""The training and evaluation sections: the recipe at the top of `playground.training.batches`, as a plain loop."""

import re

from playground.export.code.changing import epoch_lines, label_lines, write_changes, write_settings
from playground.export.code.collector import Collector
from playground.export.code.data import encoded
from playground.export.code.modules import penalties
from playground.export.code.objective import Objective, is_plateau
from playground.export.code.plan import BLOCK, Plan
from playground.network import examples_at_once, forward_bytes, trace
from playground.network.changing import BATCH_SIZE, is_of_batches


def write_evaluation(collector: Collector, plan: Plan) -> str:
    """`evaluate(model, loss_fn, inputs, targets)`."""
    collector.external("torch")
    truth = encoded(collector, plan, "y") if plan.per_step else "y"
    correct = collector.inlined(plan.readout, "correct", {"outputs": "outputs", "targets": truth}) if plan.has_accuracy else None
    part = examples_at_once(forward_bytes(trace(plan.spec)), plan.data.encoding.at_once)
    docstring = "Return the mean loss and the accuracy in evaluation mode, with dropout off."
    if correct is None:
        docstring = "Return the mean loss in evaluation mode, with dropout off. There is no accuracy."
    lines = [
        "@torch.inference_mode()",
        "def evaluate(model, loss_fn, inputs, targets):",
        f'    """{docstring}"""',
        "    model.eval()",
    ]
    split = f"    for x, y in zip(inputs.split({part}), targets.split({part})):"
    if plan.per_step:
        return "\n".join([*lines, *_over_steps(collector, split, str(correct))])
    lines += [
        "    total_loss = 0.0" if correct is None else "    total_loss, correct = 0.0, 0",
        split,
        "        outputs = model(x)",
        "        total_loss += loss_fn(outputs, y).item() * len(x)",
    ]
    if correct is None:
        return "\n".join([*lines, "    return total_loss / len(inputs), None"])
    lines.append(f"        correct += ({correct}).sum().item()")
    return "\n".join([*lines, "    return total_loss / len(inputs), correct / len(inputs)"])


def _over_steps(collector: Collector, split: str, correct: str) -> list[str]:
    """Every step that has a target counts."""
    answers = collector.project("playground.catalog.answers", "answers")
    return [
        "    total_loss, correct, count = 0.0, 0, 0",
        split,
        "        outputs = model(x)",
        "        loss = loss_fn(outputs, y)",
        f"        outputs, y = {answers}(outputs, y)",
        "        total_loss += loss.item() * len(y)",
        f"        correct += ({correct}).sum().item()",
        "        count += len(y)",
        "    return total_loss / count, correct / count",
    ]


def write_sample(plan: Plan) -> str:
    """`subset(inputs, targets)`, on which the final training loss is measured."""
    return f'''def subset(inputs, targets):
    """Return at most {plan.evaluated} examples, always the same ones, to compare with the test set."""
    order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(0))
    rows = order[:{plan.evaluated}].sort().values.to(DEVICE)
    return inputs[rows], targets[rows]'''


def write_training(collector: Collector, plan: Plan, objective: Objective) -> str:
    """`train(…)`, after its dependencies."""
    pieces = []
    if plan.spec.training.ema is not None:
        pieces.append(_averaging())
    terms = list(penalties(plan.spec))
    if terms:
        pieces.append(_penalty(terms))
    if plan.spec.optimizer.needs_closure:
        pieces.append(_closure_step(plan, bool(terms)))
    pieces += [code for code in (write_settings(collector, plan), write_changes(collector, plan)) if code]
    pieces.append("\n".join(_train(collector, plan, objective, bool(terms))))
    return "\n\n\n".join(pieces)


def _averaging() -> str:
    return '''@torch.no_grad()
def update_average(average, model, step):
    """Move the averaged weights toward those of the model, quickly at first."""
    decay = min(AVERAGING, (1 + step) / (10 + step))
    for averaged, current in zip(average.state_dict().values(), model.state_dict().values()):
        if averaged.is_floating_point():
            averaged.lerp_(current, 1 - decay)
        else:
            averaged.copy_(current)'''


def _penalty(terms: list[tuple[str, float, float]]) -> str:
    lines = [
        "def add_penalty(loss, model):",
        '    """Add a penalty for large weights: L1 pushes them to exactly 0, L2 keeps them small."""',
    ]
    lines += [f"    loss = loss + {l1!r} * {weight}.abs().sum()" for weight, l1, _ in terms if l1]
    lines += [f"    loss = loss + {l2!r} * {weight}.square().sum()" for weight, _, l2 in terms if l2]
    return "\n".join([*lines, "    return loss"])


def _closure_step(plan: Plan, penalized: bool) -> str:
    """A step of an optimizer that evaluates its batch several times."""
    before: list[str] = ["    losses = []"]
    inside: list[str] = []
    after: list[str] = []
    if plan.draws:
        module = "torch" if plan.spec.training.device == "cpu" else '{"cuda": torch.cuda, "mps": torch.mps}.get(DEVICE, torch)'
        before += [f"    random = {module}", "    state = random.get_rng_state()"]
        inside.append("        random.set_rng_state(state)  # the same dropout in every evaluation")
    if plan.has_buffers:
        before.append("    buffers = []")
        after = [
            "    for buffer, first in zip(model.buffers(), buffers):",
            "        buffer.copy_(first)  # running statistics count the batch once",
        ]
    keep_buffers = (
        ["        if not losses:", "            buffers.extend(buffer.clone() for buffer in model.buffers())"] if plan.has_buffers else []
    )
    return "\n".join(
        [
            "def take_step(model, loss_fn, optimizer, x, y):",
            '    """Take a step that evaluates the batch several times, and return the first loss."""',
            *before,
            "",
            "    def closure():",
            *inside,
            *_gradient(plan, penalized, "        "),
            *keep_buffers,
            "        losses.append(loss.item())",
            "        return loss",
            "",
            "    optimizer.step(closure)",
            *after,
            "    return losses[0]",
        ]
    )


def _gradient(plan: Plan, penalized: bool, indent: str) -> list[str]:
    """From a batch to the gradients for a step."""
    training = plan.spec.training
    learns = "model.parameters()" if not plan.has_frozen else "[p for p in model.parameters() if p.requires_grad]"
    lines = ["optimizer.zero_grad()"]
    if training.precision == "mixed":
        lines += [
            'with torch.autocast("cuda"):  # matrix products in 16 bits',
            "    outputs = model(x)",
            "loss = loss_fn(outputs.float(), y)",
        ]
    else:
        lines += ["loss = loss_fn(model(x), y)"]
    if penalized:
        lines.append("loss = add_penalty(loss, model)")
    clips = training.clip_value is not None or training.clip_norm is not None
    if training.precision == "mixed":
        lines.append("scaler.scale(loss).backward()  # scaled, to keep small gradients in 16 bits")
        lines += ["scaler.unscale_(optimizer)"] if clips else []
    else:
        lines.append("loss.backward()")
    if training.clip_value is not None:
        lines.append(f"nn.utils.clip_grad_value_({learns}, {training.clip_value!r})")
    if training.clip_norm is not None:
        lines.append(f"nn.utils.clip_grad_norm_({learns}, {training.clip_norm!r})")
    return [indent + line for line in lines]


def _train(collector: Collector, plan: Plan, objective: Objective, penalized: bool) -> list[str]:
    training = plan.spec.training
    stop = training.stop
    averaged = training.ema is not None
    shown = "average" if averaged else "model"
    late = ", scale" if plan.scales_late else ""
    collector.external("math")
    collector.external("torch")
    lines = [
        f"def train(model, loss_fn, train_set, test_set{late}, epochs):",
        '    """Train the model and return the loss of every step' + (", and the averaged model." if averaged else ".") + '"""',
        "    inputs, targets = train_set",
    ]
    if plan.has_frozen:
        lines.append("    parameters = [p for p in model.parameters() if p.requires_grad]  # without frozen ones")
        lines.append(f"    optimizer = {objective.optimizer}")
    else:
        lines.append("    optimizer = " + re.sub(r"\bparameters\b", "model.parameters()", objective.optimizer))
    used = "len(inputs)"
    if plan.has_batch_norm:
        used = "used"
        lines.append("    # Batch normalization needs more than one example, so a last batch of one is dropped.")
        lines.append("    used = len(inputs) - (len(inputs) % BATCH_SIZE == 1)")
    size = _batch_size(plan)
    planned = None
    scheduled = objective.schedule is not None and objective.schedule != "None"
    if scheduled:
        schedule = str(objective.schedule)
        if re.search(r"\bsteps(_per_epoch)?\b", schedule):
            lines.append(f"    steps_per_epoch = math.ceil({used} / BATCH_SIZE)")
            schedule = planned = _with_steps(schedule)
        lines.append(f"    schedule = {schedule}")
    if averaged:
        collector.external("copy")
        lines.append("    average = copy.deepcopy(model).requires_grad_(False)")
    if training.precision == "mixed":
        lines.append('    scaler = torch.amp.GradScaler("cuda")')
    lines.append("    losses = []")
    if stop.patience is not None:
        lines.append('    best, since_best = float("inf"), 0')
    if stop.seconds is not None:
        collector.external("time")
        lines.append("    start = time.perf_counter()")
    lines += [
        "    # A separate generator shuffles the examples.",
        "    shuffle = torch.Generator().manual_seed(SEED)",
    ]
    if plan.draws or plan.augmentations:
        lines.append("    torch.manual_seed(SEED)  # " + _drawing(plan))
    lines += [f"    {line}" for line in label_lines(plan)]
    alone = f"len(inputs) - (len(inputs) % {size} == 1)" if plan.has_batch_norm else None
    order = "torch.randperm(len(inputs), generator=shuffle)" + ("[:used]" if plan.has_batch_norm else "") + ".to(DEVICE)"
    lines += ["    for epoch in range(1, epochs + 1):", "        model.train()"]
    lines += [f"        {line}" for line in epoch_lines(collector, plan, alone, planned)]
    lines.append(f"        order = {order}")
    lines += _batches(plan, objective, penalized, scheduled)
    lines += _epoch_end(plan, shown, scheduled)
    lines.append(f"    return losses{', average' if averaged else ''}")
    return lines


def _drawing(plan: Plan) -> str:
    users = [name for name, there in (("augmentation", plan.augmentations), ("dropout or noise", plan.draws)) if there]
    return "random numbers for " + " and ".join(users)


def _with_steps(schedule: str) -> str:
    """The schedule with its total number of steps as a product."""
    return re.sub(r"\bsteps\b", "epochs * steps_per_epoch", schedule)


def _batches(plan: Plan, objective: Objective, penalized: bool, scheduled: bool) -> list[str]:
    training = plan.spec.training
    indent = "        "
    lines = []
    if plan.augmentations:
        size, at_once = _batch_size(plan), str(max(1, BLOCK // training.batch_size) * training.batch_size)
        if size != "BATCH_SIZE":
            at_once = f"max(1, {BLOCK} // {size}) * {size}"
        lines += [
            f"{indent}for block in order.split({at_once}):  # augment several batches at once",
            f"{indent}    images, labels = augment(inputs[block], targets[block])",
        ]
        if plan.scales_late:
            lines.append(f"{indent}    images = (images - scale[0]) / scale[1]")
        lines.append(f"{indent}    for x, y in zip(images.split({size}), labels.split({size})):")
        inner = indent + "        "
    else:
        lines.append(f"{indent}for rows in order.split({_batch_size(plan)}):")
        inner = indent + "    "
        lines.append(f"{inner}x, y = inputs[rows], targets[rows]")
    if any(not is_of_batches(change.path) for change in plan.spec.changes):
        lines.append(f"{inner}make_changes(len(losses), model, optimizer, {'schedule' if scheduled else None})")
    if plan.spec.optimizer.needs_closure:
        lines.append(f"{inner}losses.append(take_step(model, loss_fn, optimizer, x, y))")
    else:
        lines += _gradient(plan, penalized, inner)
        if training.precision == "mixed":
            lines += [f"{inner}scaler.step(optimizer)", f"{inner}scaler.update()"]
        else:
            lines.append(f"{inner}optimizer.step()")
        lines.append(f"{inner}losses.append(loss.item())")
    if training.ema is not None:
        lines.append(f"{inner}update_average(average, model, len(losses))")
    if scheduled and not is_plateau(plan):
        lines += [f"{inner}if schedule is not None:", f"{inner}    schedule.step()"] if objective.may_stay else [f"{inner}schedule.step()"]
    lines += [
        f"{inner}if not math.isfinite(losses[-1]):",
        f'{inner}    raise SystemExit(f"Step {{len(losses)}}: loss {{losses[-1]}}. Lower LEARNING_RATE.")',
    ]
    if training.stop.seconds is not None:
        lines += [f"{inner}if time.perf_counter() - start >= SECONDS:  # depends on the computer", f"{inner}    break"]
        if plan.augmentations:
            lines += [f"{indent}    if time.perf_counter() - start >= SECONDS:", f"{indent}        break"]
    return lines


def _batch_size(plan: Plan) -> str:
    """The name of the size of a batch in an epoch."""
    return "batch_size" if plan.changes_of(BATCH_SIZE) else "BATCH_SIZE"


def _epoch_end(plan: Plan, shown: str, scheduled: bool) -> list[str]:
    training, stop = plan.spec.training, plan.spec.training.stop
    indent = "        "
    results = "test_loss, test_accuracy" if plan.has_accuracy else "test_loss, _"
    lines = [f"{indent}{results} = evaluate({shown}, loss_fn, *test_set)"]
    accuracy = ", test accuracy {test_accuracy:.1%}" if plan.has_accuracy else ""
    lines.append(f'{indent}report = f"test loss {{test_loss:.4f}}{accuracy}"')
    lines.append(f'{indent}print(f"epoch {{epoch}}: loss {{losses[-1]:.4f}}, {{report}}")')
    if scheduled and is_plateau(plan):
        lines.append(f"{indent}schedule.step(test_loss)")
    if stop.patience is not None:
        lines.append(f"{indent}since_best = 0 if test_loss < best else since_best + 1")
        lines.append(f"{indent}best = min(best, test_loss)")
    if stop.target_accuracy is not None and plan.has_accuracy:
        lines += [f"{indent}if test_accuracy >= {stop.target_accuracy!r}:  # target reached", f"{indent}    break"]
    if stop.patience is not None:
        lines += [f"{indent}if since_best >= {stop.patience}:  # no improvement for a while", f"{indent}    break"]
    if training.stop.seconds is not None:
        lines += [f"{indent}if time.perf_counter() - start >= SECONDS:", f"{indent}    break"]
    return lines
