"""What compares two versions reads the figures that benchmarks print."""

from pathlib import Path

from benchmarks.compare import figures

BENCHMARK = """
from benchmarks.figures import Figure, report

ROUNDS = 5

def main():
    report([Figure("page switch: home, 95th percentile", ROUNDS * 1e-7, "ms", 300, "lower"), Figure("speed", 0.9612, "×", 0.95, "higher")])
"""


def test_each_figure_of_another_version_is_read_and_measured_once(tmp_path: Path) -> None:
    package = tmp_path / "benchmarks"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "figures.py").write_text((Path(__file__).parents[1] / "benchmarks" / "figures.py").read_text())
    (package / "example.py").write_text(BENCHMARK)
    assert figures(tmp_path, "example") == {"page switch: home, 95th percentile, ms": 1e-7, "speed, ×": 0.961}
