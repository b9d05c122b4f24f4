"""What somebody may send to slow the server down for others: links, settings, pasted text. Shared by tests and benchmarks."""

import base64
import json
import zlib
from typing import Any

PARTS = {"data": {"kind": "mnist_sample"}, "loss": {"kind": "cross_entropy"}}
Plain = dict[str, Any]


def layer(kind: str, **settings: Any) -> Plain:
    return {"kind": kind, **settings}


def experiment(network: Any, **parts: Any) -> Plain:
    return {**PARTS, "network": network, **parts}


def written(content: Any) -> str:
    """As JSON without spaces."""
    return json.dumps(content, separators=(",", ":"))


def packed(content: Any) -> str:
    """A token as the app writes it, of bytes or of plain data."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")


def empties(count: int) -> bytes:
    """The JSON of an experiment with so many empty layers."""
    return json.dumps(experiment(["…"])).replace('"\\u2026"', ",".join(["{}"] * count)).encode()


def nested(depth: int, inner: list[Plain]) -> list[Plain]:
    """Layers inside so many residual blocks."""
    return inner if depth == 0 else [layer("residual", layers=nested(depth - 1, inner))]


_GROWN = [layer("to_sequence"), *[layer("upsample", factor=8)] * 6, layer("upsample", factor=4)]
"""822,083,584 numbers: nearly as many as there may be."""

BUSY_NETWORKS: dict[str, Plain] = {
    "a prime number of values as square maps": experiment(
        [
            layer("to_sequence"),
            *[layer("upsample", factor=8)] * 18,
            layer("conv1d", kernel=3, padding="valid", filters=1),
            layer("flatten"),
            layer("reshape"),
        ]
    ),
    "many values as square maps": experiment(
        [*_GROWN, layer("conv1d", kernel=24, padding="valid", filters=1), layer("flatten"), layer("reshape")]
    ),
    "a convolution over a long vector": experiment(
        [*_GROWN, layer("conv1d", kernel=24, padding="valid", filters=1), layer("flatten"), layer("conv2d")]
    ),
    "200 dense layers": experiment([layer("flatten"), *(layer("dense", units=8192 - number) for number in range(199))]),
    "200 convolutions": experiment([layer("conv2d", filters=800 + number, init="orthogonal") for number in range(200)]),
    "200 normalizations": experiment([layer("batch_norm", momentum=number / 200) for number in range(1, 201)]),
    "100 interpolations": experiment(
        [
            part
            for size in range(66)
            for part in (layer("upsample", mode="bilinear"), layer("max_pool2d"), layer("conv2d", filters=size + 1))
        ]
    ),
    "184 convolutions in 16 blocks": experiment(
        [block for number in range(4) for block in nested(4, [layer("conv2d", filters=200 + 50 * number + size) for size in range(46)])]
    ),
    "160 layers in parallel branches": experiment(
        [
            layer("parallel", branch=[[layer("conv2d", filters=20 * branch + size + 1) for size in range(20)] for branch in range(8)]),
            layer("flatten"),
            layer("output"),
        ]
    ),
    "10,000 features, 1,000 classes and their weights": experiment(
        [layer("dense", units=8192 - number) for number in range(20)] + [layer("output")],
        data={"kind": "own_table", "features": 10_000, "labels": [f"class {number}" for number in range(1_000)]},
        loss={"kind": "weighted_cross_entropy", "weights": [1 + number / 1_000 for number in range(1_000)]},
    ),
    "20 augmentations of large images": experiment(
        [layer("conv2d"), layer("flatten"), layer("output")],
        data={
            "kind": "own_images",
            "side": 128,
            "labels": [f"{number}" * 10 for number in range(1_000)],
            "augmentations": [{"kind": "elastic"}] * 20,
        },
    ),
    "4,000 characters of formulas in 198 layers": experiment(
        [*(layer("features", formulas=[f"x1/x2+{number:03}", "1/log(x2)"]) for number in range(198)), layer("output")],
        data={"kind": "circle"},
        loss={"kind": "bce"},
    ),
    "20 formulas as long as they may be": experiment(
        [layer("features", formulas=["x1+" * 49 + f"x1*{number}" for number in range(20)]), layer("output")],
        data={"kind": "circle"},
        loss={"kind": "bce"},
    ),
    "400 notes": experiment([layer("flatten"), *(layer("dense", units=10 + number, init="zeros") for number in range(199))]),
}
"""Experiments that can be read: as large as they may be, or such that something follows from their sizes."""

REFUSED_LINKS: dict[str, str] = {
    "330,000 empty layers": packed(empties(330_000)),
    "as many empty layers as 256 kB have": packed(empties(85_000)),
    "a bomb of 100 MB": packed(b" " * 100_000_000),
    "250,000 brackets": packed(b"[" * 250_000),
    "50,000 objects in one another": packed(b'{"a":' * 50_000),
    "300 kB of a token": "A" * 300_000,
}

REFUSED_SETTINGS: dict[str, str] = {
    "250 kB of formulas": written(
        experiment([layer("features", formulas=["x1+" * 49 + f"{number}.{index}" for index in range(7)]) for number in range(199)])
    ),
    "a formula of 250 kB": written(experiment([layer("features", formulas=["(" * 250_000])])),
    "10,000 formulas": written(experiment([layer("features", formulas=["x1"] * 10_000)])),
    "a list in a residual block": written(experiment([layer("residual", layers=[{}] * 80_000)])),
    "a list of branches": written(experiment([layer("parallel", branch=[[]] * 80_000)])),
    "a list in a branch": written(experiment([layer("parallel", branch=[[{}] * 80_000, []])])),
    "blocks full of empty layers": written(experiment([layer("residual", layers=[{}] * 50)] * 199)),
    "a list of augmentations": written(experiment([], data={"kind": "mnist_sample", "augmentations": [{}] * 80_000})),
    "a list of classes": written(experiment([], data={"kind": "own_table", "labels": ["a"] * 60_000})),
    "a list of class weights": written(experiment([], loss={"kind": "weighted_cross_entropy", "weights": [1] * 80_000})),
    "a list where a number belongs": written(experiment([layer("dense", units=[0] * 80_000)])),
    "9,000 unknown settings": written({**experiment([]), **{f"k{number}": 0 for number in range(9_000)}}),
    "unknown settings in 100 layers": written(experiment([{"kind": "relu", **{f"k{n}": 0 for n in range(90)}}] * 100)),
    "a kind of 200 kB": written(experiment([layer("a" * 200_000)])),
    "a number of 200,000 digits": '{"version": ' + "9" * 200_000 + "}",
    "a number of 4,200 digits": '{"version": ' + "9" * 4_200 + "}",
    "numbers of 1,200 digits": written(experiment([layer("dense", units=10**1200)] * 190)),
    "not a number": written(experiment([layer("dropout", rate=float("nan"))])),
    "an infinite number": written(experiment([layer("dense", units=float("inf"))])),
    "blocks 5,000 deep": written(experiment(["…"])).replace('"\\u2026"', '{"kind": "residual", "layers": [' * 5_000 + "]}" * 5_000),
}
"""JSON of at most 256 kB."""

REFUSED_TEXTS: dict[str, str] = {
    "255,000 bars": "|" * 255_000,
    "127,000 values": "dense " + "1 " * 127_000,
    "28,000 blocks in one another": "residual(" * 28_000,
    "9,000 branches": "parallel(" + ";" * 9_000 + ")",
    "51,000 layers": "relu|" * 51_000,
    "a word of 255,000 letters": "a" * 255_000,
    "a number of 255,000 digits": "dense " + "9" * 255_000,
    "255,000 brackets": "relu " + ")" * 255_000,
    "a million letters": "x" * 1_000_000,
    "a list of 80,000 empty layers": "[" + ",".join(["{}"] * 80_000) + "]",
}
"""Networks as text, in the editor or pasted there."""

REFUSED_PASTES: dict[str, str] = {
    "spaces within a word": "a" + " " * 255_000 + "b",
    "255,000 new lines": "a" + " \n" * 127_000 + "b",
    "36,000 links in one": "?spec=a" + "&spec=a" * 36_000,
    "42,000 parts of a query": "?spec=a" + "&b=%41" * 42_000,
    "an address that never ends": "http://[" + "a" * 250_000,
}
"""Experiments as text, in the dialog that compares."""
