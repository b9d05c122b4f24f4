"""Pictures of a notebook: of data, losses and answers. The source of these functions goes into notebooks as it stands.

They want matplotlib, which the app does without: it never imports this. Names of classes are never read as formulas (`parse_math`)."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import Tensor, nn


def show_images(images: Tensor, titles: Sequence[str]) -> None:
    """The first images, side by side. images: (N, C, H, W)."""
    images = (images - images.min()) / (images.max() - images.min())
    _, places = plt.subplots(1, 10, figsize=(12, 2), squeeze=False)
    for axes, image, title in zip(places[0], images.cpu(), titles, strict=False):
        axes.imshow(image.permute(1, 2, 0), cmap="gray")
        axes.set_title(title, parse_math=False)
    for axes in places[0]:
        axes.axis("off")
    plt.show()


def show_points(first: Tensor, second: Tensor, targets: Tensor) -> None:
    """Two numbers of each example, coloured by its target."""
    figure, axes = plt.subplots(figsize=(6, 4))
    seen = axes.scatter(first.cpu(), second.cpu(), c=targets.cpu(), s=8, cmap="coolwarm")
    figure.colorbar(seen)
    plt.show()


def show_losses(losses: Sequence[float]) -> None:
    """The loss of every step, which jumps from batch to batch, and its running mean, which says where it goes."""
    window = max(1, len(losses) // 50)
    mean = np.convolve(losses, np.ones(window) / window, mode="valid")
    _, axes = plt.subplots(figsize=(8, 3))
    axes.plot(losses, alpha=0.3, label="each step")
    axes.plot(range(window - 1, len(losses)), mean, label=f"mean of {window} steps")
    axes.set(xlabel="step", ylabel="training loss")
    axes.legend()
    plt.show()


@torch.inference_mode()
def answers(model: nn.Module, inputs: Tensor) -> Tensor:
    """What the network says of each example."""
    model.eval()
    return torch.cat([model(part) for part in torch.split(inputs, 256)]).cpu()


def show_confusion(truth: Tensor, said: Tensor, names: Sequence[str]) -> None:
    """How often each class was taken for each other one; right answers lie on the diagonal."""
    counts = torch.bincount(truth * len(names) + said, minlength=len(names) ** 2).reshape(len(names), -1)
    _, axes = plt.subplots(figsize=(6, 6))
    axes.imshow(counts, cmap="Blues")
    axes.set_xticks(range(len(names)), names, rotation=90, parse_math=False)
    axes.set_yticks(range(len(names)), names, parse_math=False)
    for row, column in np.argwhere(counts.numpy() > 0)[:400]:
        colour = "white" if counts[row, column] > counts.max() / 2 else "black"
        axes.text(column, row, str(int(counts[row, column])), ha="center", va="center", color=colour)
    axes.set(xlabel="the network says", ylabel="it is")
    plt.show()


def show_plane(model: nn.Module, inputs: Tensor, targets: Tensor) -> None:
    """What the network says everywhere in the plane, and the examples of the test set."""
    points = inputs.cpu()
    (low1, low2), (high1, high2) = points.min(dim=0).values.tolist(), points.max(dim=0).values.tolist()
    x1, x2 = torch.linspace(low1, high1, 100), torch.linspace(low2, high2, 100)
    said = answers(model, torch.cartesian_prod(x1, x2).to(inputs.device))
    value = said.argmax(dim=1) if said.shape[1] > 1 else said[:, 0]
    _, axes = plt.subplots(figsize=(6, 5))
    axes.pcolormesh(x1, x2, value.reshape(100, 100).T, cmap="coolwarm", alpha=0.5)
    axes.scatter(points[:, 0], points[:, 1], c=targets.cpu(), s=12, cmap="coolwarm", edgecolors="black")
    plt.show()


def show_line(inputs: Tensor, targets: Tensor, predictions: Tensor) -> None:
    """What the network says along the axis, and the examples of the test set."""
    order = inputs.flatten().argsort()
    _, axes = plt.subplots(figsize=(6, 4))
    axes.scatter(inputs.cpu(), targets.cpu(), s=8, label="test set")
    axes.plot(inputs[order].cpu(), predictions[order.cpu()], color="darkorange", label="network")
    axes.legend()
    plt.show()


def show_fit(truth: Tensor, said: Tensor) -> None:
    """Answers against targets: right ones lie on the line."""
    _, axes = plt.subplots(figsize=(5, 5))
    axes.scatter(truth, said, s=8)
    axes.axline((float(truth[0]), float(truth[0])), slope=1, color="grey")
    axes.set(xlabel="target", ylabel="answer")
    plt.show()
