"""Settings in words, for people who read a card or a picture."""

from pydantic import BaseModel

from playground.catalog.layers import Layer, Shape


def settings_of(value: BaseModel, *, changed: bool = False) -> list[tuple[str, str]]:
    """Title and value of each setting, as in ("Kernel", "3 px"); chains of layers, what follows from the data, and
    what most people leave alone unless it was changed, are left out. changed: only those that differ from their defaults."""
    chains = {name.split("[")[0] for name, _ in value.branches()} if isinstance(value, Layer) else set()
    found = []
    for name, field in type(value).model_fields.items():
        item = getattr(value, name)
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        if name in ("kind", "version") or name in chains or extra.get("of_content"):
            continue
        if (changed or extra.get("advanced")) and item == field.default:
            continue
        if isinstance(item, BaseModel | tuple) and not _is_plain(item):
            continue
        unit = f" {extra['unit']}" if extra.get("unit") and item is not None else ""
        found.append((field.title or name, f"{_said(item, str(extra.get('none', 'none')))}{unit}"))
    return found


def sizes(shape: Shape) -> str:
    """16×28×28."""
    return "×".join(map(str, shape))


def _is_plain(item: object) -> bool:
    return isinstance(item, tuple) and not any(isinstance(each, BaseModel | tuple) for each in item)


def _said(item: object, none: str) -> str:
    if item is None:
        return none
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, float):
        return f"{item:g}"
    return ", ".join(_said(each, none) for each in item) if isinstance(item, tuple) else str(item)
