"""How much memory a run may take by default."""

from pathlib import Path

import pytest

from playground.settings import memory


def test_the_limit_of_a_container_counts_in_both_versions_of_control_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = first, second = tmp_path / "memory.max", tmp_path / "memory.limit_in_bytes"
    monkeypatch.setattr(memory, "_LIMITS", limits)
    of_the_machine = memory.most_run_bytes()
    first.write_text("max\n")
    assert memory.most_run_bytes() == of_the_machine
    second.write_text("1200000000\n")
    assert (memory.most_run_bytes(), memory.runs_that_fit()) == (900_000_000, 10)
    second.unlink()
    first.write_text("600000000\n")
    assert (memory.most_run_bytes(), memory.runs_that_fit()) == (450_000_000, 5)
