"""Where sequences come from: puzzles, sentences, text, recordings and series, as plain arrays.

Symbols are int64 (N, L), padded with 0; numbers are float32 (N, L, F), padded with NaN. An answer per step is int64 (N, L), with IGNORED
where none is expected."""
