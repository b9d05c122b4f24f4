"""The presets: found by what people look for, and grouped by subject."""

import pytest

from playground.presets import PRESETS, SUBJECTS, search

REARRANGING = {"reverse_transformer", "sort_transformer"}
TEXT = {"text_cnn", "sentiment_attention", "char_gpt"}
TRANSFORMERS = {"vit_digits", "sentiment_attention", "char_gpt", *REARRANGING}
RECURRENT = {"speaker_lstm", "adding_lstm", "forecast_gru"}


def names(text: str) -> set[str]:
    return {preset.name for presets in search(text).values() for preset in presets}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("attention", TRANSFORMERS),
        ("transformer", TRANSFORMERS),
        ("Vision Transformer", {"vit_digits"}),
        ("LSTM", {"speaker_lstm", "adding_lstm"}),
        ("GRU", {"forecast_gru"}),
        ("RNN", RECURRENT),
        ("recurrent", RECURRENT),
        ("GPT", {"char_gpt"}),
        ("text", TEXT),
        ("speech", {"speaker_lstm"}),
        ("time series", {"forecast_gru"}),
        ("  transf  BACKWARD ", {"reverse_transformer"}),
        ("784-256-10", {"mlp_784_256_10"}),
        ("XOR", {"perceptron"}),
        ("batch normalization", {"resnet_small"}),
        ("nothing of the kind", set()),
        ("ormer", set()),
        (".* [", set(PRESETS)),
        ("", set(PRESETS)),
    ],
)
def test_a_search_finds_presets_by_the_beginnings_of_words(text: str, wanted: set[str]) -> None:
    assert names(text) == wanted


def test_a_search_keeps_subjects_and_order() -> None:
    assert search("") == SUBJECTS
    assert list(search("attention")) == ["Images", "Text", "Puzzles"]
    assert search("x" * 10_000) == {}


def test_every_preset_has_one_subject_and_a_name_and_a_title_of_its_own() -> None:
    presets = [preset for group in SUBJECTS.values() for preset in group]
    assert len(presets) == len(PRESETS) == len({preset.title for preset in presets})
    assert list(PRESETS) == [preset.name for preset in presets]
