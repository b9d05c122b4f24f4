"""Reading a spec from JSON."""

import json
from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from playground.catalog.messages import explain
from playground.counts import check_counts
from playground.migrations import migrated
from playground.spec import MAX_SPEC_BYTES, ExperimentSpec, SpecError


def parse_spec(source: str | bytes | Mapping[str, Any]) -> ExperimentSpec:
    """A spec from JSON text or plain data, of this or an earlier version.

    Raises: SpecError naming each place that is wrong, as in `network[2].units: must be at least 1, got 0`."""
    data = _read_json(source) if isinstance(source, str | bytes) else source
    if not isinstance(data, Mapping):
        raise SpecError(f"spec: must be a JSON object with data, network and loss, got {type(data).__name__}")
    check_counts(data)
    try:
        return ExperimentSpec.model_validate(migrated(data))
    except ValidationError as error:
        raise SpecError(*(explain(details, ExperimentSpec) for details in error.errors(include_url=False)[:20])) from None
    except RecursionError:
        raise SpecError("spec: nested too deeply") from None


def _read_json(text: str | bytes) -> object:
    if len(text) > MAX_SPEC_BYTES:
        raise SpecError(f"spec: must be at most {MAX_SPEC_BYTES // 1000} kB of JSON, got {len(text) // 1000:,} kB")
    try:
        return cast(object, json.loads(text))
    except RecursionError:
        raise SpecError("spec: nested too deeply") from None
    except UnicodeDecodeError:
        raise SpecError("spec: must be JSON text in UTF-8; these bytes are not") from None
    except json.JSONDecodeError as error:
        raise SpecError(f"spec: not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except ValueError as error:  # a number with thousands of digits
        raise SpecError(f"spec: not valid JSON: {str(error)[:120]}") from None
