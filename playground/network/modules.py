"""Where the layers of a spec are in the network that `build_model` makes: the only place that knows both names."""

from playground.paths import steps


def module_name(path: str) -> str:
    """The name of a layer's module: `network[2].layers[0]` → "2.body.0", `network[3].branch[1][0]` → "3.branches.1.0".

    Raises: SpecError if it is not a valid path."""
    inside = {"layers": "body", "branch": "branches"}
    return ".".join(inside.get(step, step) if isinstance(step, str) else str(step) for step in steps(path)[1:])


def path_of(name: str) -> str:
    """The path of the layer that a module belongs to: "2.body.0" → `network[2].layers[0]`, "4.self_attn.out_proj" → `network[4]`."""
    first, *rest = name.split(".")
    path = f"network[{first}]"
    while rest:
        match rest:
            case ["body", index, *rest] if index.isdigit():
                path += f".layers[{index}]"
            case ["branches", branch, index, *rest] if index.isdigit():
                path += f".branch[{branch}][{index}]"
            case _:
                return path
    return path
