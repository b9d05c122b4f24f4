"""A spec as one Python file that trains the same network without the playground: with PyTorch, and where its data come from."""

from playground.export.code.sections import Sections, import_block, sections
from playground.export.code.tidying import tidied
from playground.spec import ExperimentSpec

_IMPORTS = frozenset({"import argparse", "import json", "import torch"})


def to_script(spec: ExperimentSpec) -> str:
    """The script: the same seed gives the same losses as `playground.training.train`, on the CPU with as many threads.

    It prints a line an epoch and at last a JSON object with train_loss, test_loss, train_accuracy and test_accuracy (null where right and
    wrong have no meaning); `--epochs N` trains for so many, `--losses FILE` keeps the loss of every step, `--save FILE` the weights.
    Raises: SpecError if the network cannot be trained."""
    parts = sections(spec, "Path(__file__).parent")
    main = _main(parts)
    blocks = {
        "Data": parts.data,
        "Augmentation": parts.augmentation,
        "Network": parts.model,
        "Training": parts.training,
        "All of it": main,
    }
    body = "\n\n\n".join(f"# ---- {title} ----\n{code.strip()}" for title, code in blocks.items() if code)
    imports = parts.imports | _IMPORTS | {"from pathlib import Path"}
    head = f"{_title(parts)}\n\n{import_block(imports, parts.settings + body)}\n\n{parts.settings.strip()}"
    return tidied(f'{head}\n\n\n{body}\n\n\nif __name__ == "__main__":\n    main()\n')


def _title(parts: Sections) -> str:
    data = type(parts.plan.data)
    return f'''"""Trains a neural network on: {data.title}.

Made by the Neural Network Playground, whose losses it reproduces step by step on the CPU.
It needs: pip install {" ".join(parts.packages)}
"""'''


def _main(parts: Sections) -> str:
    plan = parts.plan
    scale, averaged = ", scale" if plan.scales_late else "", plan.spec.training.ema is not None
    lines = [
        "def main():",
        '    """Trains from first weights to last, and tells how good the network is."""',
        "    parser = argparse.ArgumentParser(description=__doc__)",
        '    parser.add_argument("--epochs", type=int, default=EPOCHS, help="train for so many (%(default)s)")',
        '    parser.add_argument("--losses", metavar="FILE", help="write the loss of every step, as JSON")',
        '    parser.add_argument("--save", metavar="FILE", help="write the trained weights (a state_dict)")',
        "    arguments = parser.parse_args()",
        "    if arguments.epochs < 1:",
        '        parser.error(f"argument --epochs: must be at least 1, got {arguments.epochs}")',
        "",
        f"    train_set, test_set{scale} = load_data()",
        *model_lines(),
        *loss_lines(parts),
        f"    losses{', model' if averaged else ''} = train(model, loss_of, train_set, test_set{scale}, arguments.epochs)",
        "",
        *result_lines(parts),
        "    if arguments.losses:",
        "        Path(arguments.losses).write_text(json.dumps(losses))",
        "    if arguments.save:",
        "        torch.save(model.state_dict(), arguments.save)",
        "    print(json.dumps(result))",
    ]
    return "\n".join(lines)


def model_lines() -> list[str]:
    """The model."""
    return ["    torch.manual_seed(SEED)  # the first weights", "    model = build_model().to(DEVICE)"]


def loss_lines(parts: Sections) -> list[str]:
    """What is made small, once there are data."""
    lines = []
    if parts.counts_classes:
        lines.append(f"    class_counts = torch.bincount(train_set[1], minlength={len(parts.plan.data.classes)}).tolist()")
    return [*lines, f"    loss_of = {parts.loss}" + ("" if parts.loss.startswith("nn.") else ".to(DEVICE)")]


def result_lines(parts: Sections) -> list[str]:
    """How good it is on a sample of the training set, and on the test set."""
    lines = ["    train_loss, train_accuracy = evaluate(model, loss_of, *some(*train_set))"]
    if parts.plan.scales_late:
        lines = [
            "    inputs, targets = some(*train_set)",
            "    inputs = (inputs - scale[0]) / scale[1]",
            "    train_loss, train_accuracy = evaluate(model, loss_of, inputs, targets)",
        ]
    return [
        *lines,
        "    test_loss, test_accuracy = evaluate(model, loss_of, *test_set)",
        "    result = {",
        '        "train_loss": train_loss,',
        '        "test_loss": test_loss,',
        '        "train_accuracy": train_accuracy,',
        '        "test_accuracy": test_accuracy,',
        "    }",
    ]
