"""What a form needs to know about a setting, read from its declaration in the catalog."""

import math
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

FieldKind = Literal["integer", "number", "choice", "switch", "numbers", "texts"]


@dataclass(frozen=True)
class Field:
    """One setting of a variant.

    minimum, maximum: None if unbounded. above: whether the minimum itself is excluded. optional: whether None is a valid value. stops:
    positions of a slider, denser around common values; empty for even steps. labels: how options are shown, as pairs, where that is not the
    option itself. advanced: rarely changed. finer: not shown to beginners.
    none: the label for None. word: a value that stands for no number, such as "auto". A setting of kind `numbers` is a list of numbers, or
    one of the options, which are then words; one of kind `texts` is a list of texts, and its options are common ones."""

    name: str
    title: str
    help: str
    kind: FieldKind
    default: Any
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: bool = False
    optional: bool = False
    options: tuple[Any, ...] = ()
    stops: tuple[float, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    advanced: bool = False
    finer: bool = False
    none: str = "never"
    word: str = ""

    @property
    def span(self) -> float:
        """The difference between maximum and minimum; infinite if one is unbounded."""
        return math.inf if self.minimum is None or self.maximum is None else self.maximum - self.minimum

    @property
    def logarithmic(self) -> bool:
        """Whether it is best shown on a logarithmic scale: positive values over a thousandfold range, such as a learning rate."""
        if self.minimum is None or self.maximum is None or self.optional or self.kind != "number":
            return False
        smallest = self.default if self.above and self.default else self.minimum
        return smallest > 0 and self.maximum / smallest >= 1000

    @property
    def step(self) -> float:
        """A round fraction of the span: about a hundredth for numbers; for integers 1, or about a thousandth of a large span."""
        if self.kind == "integer":
            return 1 if math.isinf(self.span) else max(1, 10 ** math.floor(math.log10(max(1.0, self.span / 1000))))
        return 0.01 if math.isinf(self.span) else float(10.0 ** math.floor(math.log10(self.span / 50)))

    @property
    def hint(self) -> str:
        """Help with range and unit, in one line."""
        if self.minimum is None or self.maximum is None:
            return self.help
        unit = f" {self.unit}" if self.unit else ""
        written = "{:,.0f}" if self.kind == "integer" else "{:,g}"
        lowest = ("above " if self.above else "") + written.format(self.minimum)
        return f"{self.help} ({lowest} to {written.format(self.maximum)}{unit})"

    def label(self, option: Any) -> str:
        """How an option is shown."""
        return dict(self.labels).get(option, str(option))

    def plain(self) -> dict[str, Any]:
        """Plain data for the browser."""
        return {
            **asdict(self),
            "options": list(self.options),
            "stops": list(self.stops),
            "labels": dict(self.labels),
            "hint": self.hint,
            "step": self.step,
        }


@cache
def fields(model: type[BaseModel]) -> tuple[Field, ...]:
    """The settings of a variant in order of declaration, those marked `last` at the end. Without nested parts, fixed names such as `kind`,
    and what follows from uploaded data (`of_content`)."""
    schema = model.model_json_schema()
    if "$ref" in schema:  # blocks contain layers that may be blocks
        schema = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    ordered = sorted(schema["properties"].items(), key=lambda item: bool(item[1].get("last")))
    read = (_read(name, declared) for name, declared in ordered)
    return tuple(field for field in read if field is not None)


def _read(name: str, schema: dict[str, Any]) -> Field | None:
    branches = schema.get("anyOf", [schema])
    plain = [branch for branch in branches if branch.get("type") != "null"]
    optional = len(plain) < len(branches)
    words = [branch["const"] for branch in plain if "const" in branch]
    if words and any(branch.get("items", {}).get("type") == "number" for branch in plain):
        return Field(name, schema["title"], schema["description"], "numbers", schema.get("default"), options=tuple(words))
    plain = [branch for branch in plain if "const" not in branch] if words else plain
    if len(plain) != 1 or "const" in schema or schema.get("of_content"):
        return None
    kind = _kind(plain[0])
    if kind is None:
        return None
    lowest = plain[0].get("exclusiveMinimum")
    return Field(
        name=name,
        title=schema.get("title", name),
        help=schema.get("description", ""),
        kind=kind,
        default=schema.get("default"),
        unit=schema.get("unit", ""),
        minimum=plain[0].get("minimum") if lowest is None else lowest,
        maximum=plain[0].get("maximum", plain[0].get("exclusiveMaximum")),
        above=lowest is not None,
        optional=optional or bool(words),
        options=tuple(plain[0].get("enum", schema.get("common", ()))),
        stops=tuple(schema.get("stops", ())),
        labels=tuple(schema.get("labels", {}).items()),
        advanced=bool(schema.get("advanced", False)),
        finer=bool(schema.get("finer", False)),
        none=schema.get("none", words[0] if words else "never"),
        word=words[0] if words else "",
    )


def _kind(schema: dict[str, Any]) -> FieldKind | None:
    if "enum" in schema:
        return "choice"
    match schema.get("type"):
        case "integer":
            return "integer"
        case "number":
            return "number"
        case "boolean":
            return "switch"
        case "array" if schema["items"].get("type") == "string":
            return "texts"
    return None
