"""The prediction section: the answers of a trained network to new rows of the original columns."""

from playground.artifacts.uploads import open_upload
from playground.catalog.datasets import OwnTable
from playground.catalog.datasets.columns import FittedColumns, fitted_columns
from playground.catalog.datasets.examples import DataError
from playground.export.code.collector import Collector
from playground.export.code.plan import Plan

_BASE = "playground.catalog.encodings.base"


def write_prediction(collector: Collector, plan: Plan) -> str:
    """`predict(model, rows)`; "" if the network does not take rows of columns, or they are unknown because the data is not here. What was
    uploaded is read from the data beside the code, so that names chosen by users do not stand in it."""
    try:
        fitted = fitted_columns(plan.data)
    except DataError:
        return ""
    if fitted is None or not (plan.data.classes or plan.data.target_size == 1):
        return ""
    collector.external("torch")
    data = plan.data
    examples = collector.method(data, "load" if plan.is_degraded else "examples")
    outputs = collector.inlined(plan.readout, "probabilities", {"outputs": "outputs"}) or "outputs"
    upload = f'uploaded("{data.key}").description' if getattr(data, "key", "") else ""  # type: ignore[attr-defined]
    own_columns = upload if isinstance(data, OwnTable) else ""
    if own_columns and "columns" not in open_upload(data.key, data.called).description:  # type: ignore[attr-defined]
        return ""  # uploaded with an earlier version
    lines = [*(_load_columns(fitted, own_columns, examples) if own_columns else _columns(fitted)), "", "", *_features(fitted), "", ""]
    lines += [
        "@torch.inference_mode()",
        "def predict(model, rows):",
        '    """Return an answer to each row, a dictionary from column to number or text."""',
        f"    columns = {'load_columns()' if own_columns else 'COLUMNS'}",
        f"    x = torch.tensor([features(row, columns) for row in rows]).reshape(-1, {data.tensor.sizes[0]})",
    ]
    if data.standardizes:
        scale = collector.project(_BASE, "mean_and_deviation")
        lines += [
            f"    mean, deviation = {scale}({examples}().train.inputs, {data.encoding.axes}, {data.encoding.divisor})",
            "    x = (x - mean) / deviation",
        ]
    lines += ["    outputs = model.eval()(x.to(DEVICE)).cpu()"]
    if data.classes:
        return "\n".join([*lines, *_classes(f'{upload}["labels"]' if upload else repr(list(data.classes)), outputs)])
    return "\n".join([*lines, *_values(data.target_scale, f'{upload}["target"]' if upload else repr(fitted.target), outputs)])


def _columns(fitted: FittedColumns) -> list[str]:
    columns = [(name, None, filling) for name, filling in zip(fitted.columns.feature_names, fitted.fillings, strict=True)]
    return ["# Each column: its name, None as it contains numbers, and what replaces a missing one.", f"COLUMNS = {columns!r}"]


def _load_columns(fitted: FittedColumns, description: str, examples: str) -> list[str]:
    modes = any(column.kind == "number" and column.fill == "most_frequent" for column in fitted.columns.columns)
    codes = ', column.get("codes", ())' if _has_codes(fitted) else ""
    return [
        "def load_columns():",
        '    """Load your columns: name, categories (None for numbers; the category None stands for',
        f'    all others), what replaces a missing value{", and texts that mean one" if codes else ""}."""',
        f"    rows, start, columns = {examples}().train.inputs, 0, []",
        f'    for column in {description}["columns"]["columns"]:',
        '        categories = [*column.get("categories", ()), *([None] if column.get("other") else [])]',
        "        part = rows[:, start : start + max(1, len(categories))]",
        "        start += part.shape[1]",
        "        if categories:",
        '            missing = column.get("missing") or categories[part.mean(axis=0).argmax()]',
        *(
            [
                '        elif column.get("fill") == "most_frequent":',
                "            values, counts = np.unique(part, return_counts=True)",
                "            missing = float(values[counts.argmax()])",
            ]
            if modes
            else []
        ),
        "        else:",
        "            missing = float(part.mean(dtype=np.float64))",
        f'        columns.append((column["name"], categories or None, missing{codes}))',
        "    return columns",
    ]


def _has_codes(fitted: FittedColumns) -> bool:
    """Whether texts other than an empty one meant a missing value in the table."""
    return any(column.codes for column in fitted.columns.columns)


def _features(fitted: FittedColumns) -> list[str]:
    """`features(row, columns)`, without what only categories need if there are none."""
    lines = [
        "def features(row, columns):",
        '    """Convert a row, as csv.DictReader reads it, to numbers for the network."""',
        "    numbers = []",
        f"    for name, categories, missing{', codes' if _has_codes(fitted) else ''} in columns:",
        "        if name not in row:",
        '            raise SystemExit(f"the column {name!r} is missing; the row has {list(row)}")',
        '        cell = str(row[name] if row[name] is not None else "").strip() or missing',
        *(["        cell = missing if cell in codes else cell"] if _has_codes(fitted) else []),
    ]
    if all(column.kind == "number" for column in fitted.columns.columns):
        return [*lines, *_number("        "), "    return numbers"]
    return [
        *lines,
        "        if categories is None:",
        *_number("            "),
        "            continue",
        "        known = cell if cell in categories else None",
        "        if known not in categories:",
        '            raise SystemExit(f"{name!r}: {cell!r} is unknown; known are {categories}")',
        "        numbers += [float(category == known) for category in categories]",
        "    return numbers",
    ]


def _number(indent: str) -> list[str]:
    return [
        f"{indent}try:",
        f"{indent}    numbers.append(float(cell))",
        f"{indent}except ValueError:",
        f'{indent}    raise SystemExit(f"{{name!r}}: {{cell!r}} is not a number") from None',
    ]


def _classes(classes: str, outputs: str) -> list[str]:
    return [
        f"    answers, classes = [], {classes}",
        f"    for shares in ({outputs}).tolist():",
        "        probabilities = dict(zip(classes, shares))",
        "        label = max(classes, key=probabilities.get)",
        '        answer = {"label": label, "confidence": probabilities[label]}',
        '        answers.append({**answer, "probabilities": probabilities})',
        "    return answers",
    ]


def _values(scale: tuple[float, float], target: str, outputs: str) -> list[str]:
    mean, deviation = scale
    value = "value" if (mean, deviation) == (0, 1) else f"value * {deviation!r} + {mean!r}" if mean else f"value * {deviation!r}"
    return [f"    target = {target}", f"    return [{{target: {value}}} for value in ({outputs}).flatten().tolist()]"]
