"""The plots of a notebook, of data, losses and predictions. The source of these functions is copied into notebooks.

They use matplotlib, which is not a requirement of the app: it never imports this module. Class names are never parsed as formulas
(`parse_math`)."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import Tensor, nn


def show_images(images: Tensor, titles: Sequence[str]) -> None:
    """Show the first images side by side. images: (N, C, H, W)."""
    images = (images - images.min()) / (images.max() - images.min())
    _, columns = plt.subplots(1, 10, figsize=(12, 2), squeeze=False)
    for axes, image, title in zip(columns[0], images.cpu(), titles, strict=False):
        axes.imshow(image.permute(1, 2, 0), cmap="gray")
        axes.set_title(title, parse_math=False)
    for axes in columns[0]:
        axes.axis("off")
    plt.show()


def show_points(first: Tensor, second: Tensor, targets: Tensor) -> None:
    """Plot two features of each example, colored by its target."""
    figure, axes = plt.subplots(figsize=(6, 4))
    points = axes.scatter(first.cpu(), second.cpu(), c=targets.cpu(), s=8, cmap="coolwarm")
    figure.colorbar(points)
    plt.show()


def show_series(sequences: Tensor, titles: Sequence[str]) -> None:
    """Show the first sequences, one line per feature. sequences: (N, L, F)."""
    _, axes = plt.subplots(2, 5, figsize=(12, 4), squeeze=False, sharex=True, sharey=True, layout="constrained")
    for chart, sequence, title in zip(axes.flat, sequences.cpu(), titles, strict=False):
        chart.plot(sequence)
        chart.set_title(title, parse_math=False)
    plt.show()


def show_symbols(sequences: Tensor, names: Sequence[str], titles: Sequence[str]) -> None:
    """Print the first sequences. sequences: (N, L)."""
    for sequence, title in zip(sequences.tolist(), titles, strict=False):
        print(title, "|", *(names[symbol] for symbol in sequence if symbol))  # noqa: T201


def show_losses(losses: Sequence[float]) -> None:
    """Plot the loss of every step, which varies from batch to batch, and its moving average."""
    window = max(1, len(losses) // 50)
    mean = np.convolve(losses, np.ones(window) / window, mode="valid")
    _, axes = plt.subplots(figsize=(8, 3))
    axes.plot(losses, alpha=0.3, label="every step")
    axes.plot(range(window - 1, len(losses)), mean, label=f"mean of {window} steps")
    axes.set(xlabel="step", ylabel="training loss")
    axes.legend()
    plt.show()


@torch.inference_mode()
def predict(model: nn.Module, inputs: Tensor) -> Tensor:
    """Return the outputs of the network for each example."""
    model.eval()
    return torch.cat([model(part) for part in torch.split(inputs, 256)]).cpu()


def show_confusion(targets: Tensor, predictions: Tensor, names: Sequence[str]) -> None:
    """Plot how often each class is predicted as each other class; correct predictions are on the diagonal."""
    counts = torch.bincount(targets * len(names) + predictions, minlength=len(names) ** 2).reshape(len(names), -1)
    _, axes = plt.subplots(figsize=(6, 6))
    axes.imshow(counts, cmap="Blues")
    axes.set_xticks(range(len(names)), names, rotation=90, parse_math=False)
    axes.set_yticks(range(len(names)), names, parse_math=False)
    for row, column in np.argwhere(counts.numpy() > 0)[:400]:
        color = "white" if counts[row, column] > counts.max() / 2 else "black"
        axes.text(column, row, str(int(counts[row, column])), ha="center", va="center", color=color)
    axes.set(xlabel="predicted class", ylabel="true class")
    plt.show()


def show_plane(model: nn.Module, inputs: Tensor, targets: Tensor) -> None:
    """Plot the predictions over the plane, and the test set."""
    points = inputs.cpu()
    (low1, low2), (high1, high2) = points.min(dim=0).values.tolist(), points.max(dim=0).values.tolist()
    x1, x2 = torch.linspace(low1, high1, 100), torch.linspace(low2, high2, 100)
    outputs = predict(model, torch.cartesian_prod(x1, x2).to(inputs.device))
    value = outputs.argmax(dim=1) if outputs.shape[1] > 1 else outputs[:, 0]
    _, axes = plt.subplots(figsize=(6, 5))
    axes.pcolormesh(x1, x2, value.reshape(100, 100).T, cmap="coolwarm", alpha=0.5)
    axes.scatter(points[:, 0], points[:, 1], c=targets.cpu(), s=12, cmap="coolwarm", edgecolors="black")
    plt.show()


def show_line(inputs: Tensor, targets: Tensor, predictions: Tensor) -> None:
    """Plot the predictions along the axis, and the test set."""
    order = inputs.flatten().argsort()
    _, axes = plt.subplots(figsize=(6, 4))
    axes.scatter(inputs.cpu(), targets.cpu(), s=8, label="test set")
    axes.plot(inputs[order].cpu(), predictions[order.cpu()], color="darkorange", label="network")
    axes.legend()
    plt.show()


def show_fit(targets: Tensor, predictions: Tensor) -> None:
    """Plot predictions against targets; correct ones are on the line."""
    _, axes = plt.subplots(figsize=(5, 5))
    axes.scatter(targets, predictions, s=8)
    axes.axline((float(targets[0]), float(targets[0])), slope=1, color="gray")
    axes.set(xlabel="target", ylabel="prediction")
    plt.show()
