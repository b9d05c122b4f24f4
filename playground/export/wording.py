"""Settings in words, for model cards and diagrams."""

from pydantic import BaseModel

from playground.catalog.layers import Layer


def settings_of(value: BaseModel, *, changed: bool = False) -> list[tuple[str, str]]:
    """Title and value of each setting, such as ("Kernel", "3 px").

    Leaves out chains of layers, settings that follow from the data, and advanced settings at their defaults. changed: only settings that
    differ from their defaults."""
    chains = {name.split("[")[0] for name, _ in value.branches()} if isinstance(value, Layer) else set()
    settings = []
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
        settings.append((field.title or name, f"{_text(item, str(extra.get('none', 'none')))}{unit}"))
    return settings


def _is_plain(item: object) -> bool:
    return isinstance(item, tuple) and not any(isinstance(entry, BaseModel | tuple) for entry in item)


def _text(item: object, none: str) -> str:
    if item is None:
        return none
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, float):
        return f"{item:g}"
    return ", ".join(_text(entry, none) for entry in item) if isinstance(item, tuple) else str(item)
