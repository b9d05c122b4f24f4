"""Many visitors at once on one machine. `python -m benchmarks load` measures everything, `python -m benchmarks.load NAME …` some of it."""
