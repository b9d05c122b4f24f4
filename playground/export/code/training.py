"""The sections on training, evaluation and the whole: the app's recipe, which stands at the top of `playground.training.batches`, as a loop
that reads from top to bottom."""

import re

from playground.export.code.collector import Collector
from playground.export.code.modules import penalties
from playground.export.code.objective import Objective, is_plateau
from playground.export.code.plan import BLOCK, EVALUATED, Plan
from playground.network import examples_at_once, forward_bytes, trace

_IMAGES_PART, _PART = 64, 1024
"""Examples that are evaluated together: images that are more no longer fit into the cache of a processor."""


def write_evaluation(collector: Collector, plan: Plan) -> str:
    """`evaluate(model, loss_of, inputs, targets)`."""
    collector.external("torch")
    correct = collector.inlined(plan.data.task, "correct", {"outputs": "outputs", "targets": "wanted"}) if plan.has_accuracy else None
    part = examples_at_once(forward_bytes(trace(plan.spec)), _IMAGES_PART if plan.is_images else _PART)
    said = "Mean loss and share of right answers, with the network as it is used: dropout is off."
    if correct is None:
        said = "Mean loss, with the network as it is used: dropout is off. There are no right answers."
    lines = [
        "@torch.inference_mode()",
        "def evaluate(model, loss_of, inputs, targets):",
        f'    """{said}"""',
        "    model.eval()",
        "    total = 0.0" if correct is None else "    total, right = 0.0, 0",
        f"    for batch, wanted in zip(inputs.split({part}), targets.split({part})):",
        "        outputs = model(batch)",
        "        total += loss_of(outputs, wanted).item() * len(batch)",
    ]
    if correct is None:
        return "\n".join([*lines, "    return total / len(inputs), None"])
    lines.append(f"        right += ({correct}).sum().item()")
    return "\n".join([*lines, "    return total / len(inputs), right / len(inputs)"])


def write_sample() -> str:
    """`some(examples)`: what the final training loss is told of."""
    return f'''def some(inputs, targets):
    """At most {EVALUATED} training examples, always the same ones: enough to compare with the test."""
    order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(0))
    rows = order[:{EVALUATED}].sort().values.to(DEVICE)
    return inputs[rows], targets[rows]'''


def write_training(collector: Collector, plan: Plan, objective: Objective) -> str:
    """`train(…)`, after the functions that it needs."""
    pieces = []
    if plan.spec.training.ema is not None:
        pieces.append(_averaging())
    terms = list(penalties(plan.spec.network, "model"))
    if terms:
        pieces.append(_penalty(terms))
    if plan.spec.optimizer.needs_closure:
        pieces.append(_closure_step(plan, bool(terms)))
    pieces.append("\n".join(_train(collector, plan, objective, bool(terms))))
    return "\n\n\n".join(pieces)


def _averaging() -> str:
    return '''@torch.no_grad()
def follow(average, model, step):
    """Moves the averaged weights towards the model's: far at first, then less and less."""
    kept = min(AVERAGING, (1 + step) / (10 + step))
    for mine, theirs in zip(average.state_dict().values(), model.state_dict().values()):
        if mine.is_floating_point():
            mine.lerp_(theirs, 1 - kept)
        else:
            mine.copy_(theirs)'''


def _penalty(terms: list[tuple[str, float, float]]) -> str:
    lines = [
        "def penalised(loss, model):",
        '    """The loss, and what large weights cost: L1 pushes them to exactly 0, L2 keeps them small."""',
    ]
    lines += [f"    loss = loss + {l1!r} * {weight}.abs().sum()" for weight, l1, _ in terms if l1]
    lines += [f"    loss = loss + {l2!r} * {weight}.square().sum()" for weight, _, l2 in terms if l2]
    return "\n".join([*lines, "    return loss"])


def _closure_step(plan: Plan, penalised: bool) -> str:
    """A step of an optimizer that looks at its batch several times."""
    before: list[str] = ["    losses = []"]
    inside: list[str] = []
    after: list[str] = []
    if plan.draws:
        place = "torch" if plan.spec.training.device == "cpu" else '{"cuda": torch.cuda, "mps": torch.mps}.get(DEVICE, torch)'
        before += [f"    random = {place}", "    state = random.get_rng_state()"]
        inside.append("        random.set_rng_state(state)  # the same dropout in every look")
    if plan.has_buffers:
        before.append("    seen = []")
        after = [
            "    for buffer, kept in zip(model.buffers(), seen):",
            "        buffer.copy_(kept)  # running statistics count the batch once",
        ]
    remember = (
        ["        if not losses:", "            seen.extend(buffer.clone() for buffer in model.buffers())"] if plan.has_buffers else []
    )
    return "\n".join(
        [
            "def take_step(model, loss_of, optimizer, batch, wanted):",
            '    """Lets the optimizer look at the batch as often as it likes → the first loss it saw."""',
            *before,
            "",
            "    def look():",
            *inside,
            *_gradient(plan, penalised, "        "),
            *remember,
            "        losses.append(loss.item())",
            "        return loss",
            "",
            "    optimizer.step(look)",
            *after,
            "    return losses[0]",
        ]
    )


def _gradient(plan: Plan, penalised: bool, indent: str) -> list[str]:
    """From a batch to gradients that are ready for a step."""
    training = plan.spec.training
    learns = "model.parameters()" if not plan.has_frozen else "[each for each in model.parameters() if each.requires_grad]"
    lines = ["optimizer.zero_grad()"]
    if training.precision == "mixed":
        lines += [
            'with torch.autocast("cuda"):  # products in 16 bits',
            "    outputs = model(batch)",
            "loss = loss_of(outputs.float(), wanted)",
        ]
    else:
        lines += ["loss = loss_of(model(batch), wanted)"]
    if penalised:
        lines.append("loss = penalised(loss, model)")
    clips = training.clip_value is not None or training.clip_norm is not None
    if training.precision == "mixed":
        lines.append("scaler.scale(loss).backward()  # scaled up, or small gradients would be lost in 16 bits")
        lines += ["scaler.unscale_(optimizer)"] if clips else []
    else:
        lines.append("loss.backward()")
    if training.clip_value is not None:
        lines.append(f"nn.utils.clip_grad_value_({learns}, {training.clip_value!r})")
    if training.clip_norm is not None:
        lines.append(f"nn.utils.clip_grad_norm_({learns}, {training.clip_norm!r})")
    return [indent + line for line in lines]


def _train(collector: Collector, plan: Plan, objective: Objective, penalised: bool) -> list[str]:
    training = plan.spec.training
    stop = training.stop
    averaged = training.ema is not None
    shown = "average" if averaged else "model"
    late = ", scale" if plan.scales_late else ""
    collector.external("math")
    collector.external("torch")
    lines = [
        f"def train(model, loss_of, train_set, test_set{late}, epochs):",
        '    """Trains the model → the loss of every step' + (", and the averaged model." if averaged else ".") + '"""',
        "    inputs, targets = train_set",
    ]
    if plan.has_frozen:
        lines.append("    parameters = [each for each in model.parameters() if each.requires_grad]  # without what is frozen")
        lines.append(f"    optimizer = {objective.optimizer}")
    else:
        lines.append("    optimizer = " + re.sub(r"\bparameters\b", "model.parameters()", objective.optimizer))
    used = "len(inputs)"
    if plan.has_batch_norm:
        used = "used"
        lines.append("    # Batch normalisation cannot learn from a last batch of one example: it has no spread.")
        lines.append("    used = len(inputs) - (len(inputs) % BATCH_SIZE == 1)")
    scheduled = objective.schedule is not None and objective.schedule != "None"
    if scheduled:
        schedule = str(objective.schedule)
        if re.search(r"\bsteps(_per_epoch)?\b", schedule):
            lines.append(f"    steps_per_epoch = math.ceil({used} / BATCH_SIZE)")
            schedule = _with_steps(schedule)
        lines.append(f"    schedule = {schedule}")
    if averaged:
        collector.external("copy")
        lines.append("    average = copy.deepcopy(model).requires_grad_(False)")
    if training.precision == "mixed":
        lines.append('    scaler = torch.amp.GradScaler("cuda")')
    lines.append("    losses = []")
    if stop.patience is not None:
        lines.append('    best, waited = float("inf"), 0')
    if stop.seconds is not None:
        collector.external("time")
        lines.append("    began = time.perf_counter()")
    lines += [
        "    # The order of the examples has random numbers of its own.",
        "    shuffle = torch.Generator().manual_seed(SEED)",
    ]
    if plan.draws or plan.augmentations:
        lines.append("    torch.manual_seed(SEED)  # " + _drawing(plan))
    order = "torch.randperm(len(inputs), generator=shuffle)" + ("[:used]" if plan.has_batch_norm else "") + ".to(DEVICE)"
    lines += ["    for epoch in range(1, epochs + 1):", "        model.train()", f"        order = {order}"]
    lines += _batches(plan, objective, penalised, scheduled)
    lines += _epoch_end(plan, shown, scheduled)
    lines.append(f"    return losses{', average' if averaged else ''}")
    return lines


def _drawing(plan: Plan) -> str:
    both = [name for name, there in (("augmentation", plan.augmentations), ("dropout or noise", plan.draws)) if there]
    return f"{' and '.join(both)} draw{'s' if len(both) == 1 else ''} from here on"


def _with_steps(schedule: str) -> str:
    """Its number of steps in all as a product."""
    return re.sub(r"\bsteps\b", "epochs * steps_per_epoch", schedule)


def _batches(plan: Plan, objective: Objective, penalised: bool, scheduled: bool) -> list[str]:
    training = plan.spec.training
    indent = "        "
    lines = []
    if plan.augmentations:
        at_once = max(1, BLOCK // training.batch_size) * training.batch_size
        lines += [
            f"{indent}for block in order.split({at_once}):  # augmentation takes several batches at once",
            f"{indent}    images, wanteds = augment(inputs[block], targets[block])",
        ]
        if plan.scales_late:
            lines.append(f"{indent}    images = (images - scale[0]) / scale[1]")
        lines.append(f"{indent}    for batch, wanted in zip(images.split(BATCH_SIZE), wanteds.split(BATCH_SIZE)):")
        inner = indent + "        "
    else:
        lines.append(f"{indent}for rows in order.split(BATCH_SIZE):")
        inner = indent + "    "
        lines.append(f"{inner}batch, wanted = inputs[rows], targets[rows]")
    if plan.spec.optimizer.needs_closure:
        lines.append(f"{inner}losses.append(take_step(model, loss_of, optimizer, batch, wanted))")
    else:
        lines += _gradient(plan, penalised, inner)
        if training.precision == "mixed":
            lines += [f"{inner}scaler.step(optimizer)", f"{inner}scaler.update()"]
        else:
            lines.append(f"{inner}optimizer.step()")
        lines.append(f"{inner}losses.append(loss.item())")
    if training.ema is not None:
        lines.append(f"{inner}follow(average, model, len(losses))")
    if scheduled and not is_plateau(plan):
        lines += [f"{inner}if schedule is not None:", f"{inner}    schedule.step()"] if objective.may_stay else [f"{inner}schedule.step()"]
    lines += [
        f"{inner}if not math.isfinite(losses[-1]):",
        f'{inner}    raise SystemExit(f"Step {{len(losses)}}: loss {{losses[-1]}}. Try a smaller rate.")',
    ]
    if training.stop.seconds is not None:
        lines += [f"{inner}if time.perf_counter() - began >= SECONDS:  # a clock: no two runs end at the same step", f"{inner}    break"]
        if plan.augmentations:
            lines += [f"{indent}    if time.perf_counter() - began >= SECONDS:", f"{indent}        break"]
    return lines


def _epoch_end(plan: Plan, shown: str, scheduled: bool) -> list[str]:
    training, stop = plan.spec.training, plan.spec.training.stop
    indent = "        "
    found = "test_loss, test_accuracy" if plan.has_accuracy else "test_loss, _"
    lines = [f"{indent}{found} = evaluate({shown}, loss_of, *test_set)"]
    told = 'print(f"epoch {epoch}: loss {losses[-1]:.4f}, test {test_loss:.4f}'
    lines.append(indent + told + (' ({test_accuracy:.1%})")' if plan.has_accuracy else '")'))
    if scheduled and is_plateau(plan):
        lines.append(f"{indent}schedule.step(test_loss)")
    if stop.patience is not None:
        lines.append(f"{indent}waited = 0 if test_loss < best else waited + 1")
        lines.append(f"{indent}best = min(best, test_loss)")
    if stop.target_accuracy is not None and plan.has_accuracy:
        lines += [f"{indent}if test_accuracy >= {stop.target_accuracy!r}:  # good enough", f"{indent}    break"]
    if stop.patience is not None:
        lines += [f"{indent}if waited >= {stop.patience}:  # it has not got better for a while", f"{indent}    break"]
    if training.stop.seconds is not None:
        lines += [f"{indent}if time.perf_counter() - began >= SECONDS:", f"{indent}    break"]
    return lines
