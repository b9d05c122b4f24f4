"""Networks for text, word by word or character by character."""

from playground.catalog.datasets import PythonDocs, Sentences
from playground.catalog.layers import Conv1d, Dropout, Embedding, LayerNorm, Output, Positions, ReLU, SequencePool, TransformerBlock
from playground.catalog.losses import BCE, CrossEntropy
from playground.catalog.optimizers import Adam
from playground.catalog.schedules import OneCycle
from playground.presets.base import Preset
from playground.spec import ExperimentSpec, TrainingSettings

PRESETS = (
    Preset(
        "text_cnn",
        "Convolutions over words",
        "Filters slide over the words of a sentence as over the pixels of an image, and find phrases such as “not very good” (Kim 2014).",
        ExperimentSpec(
            data=Sentences(),
            network=(
                Embedding(width=32), Conv1d(filters=64, kernel=5), ReLU(), Conv1d(filters=64, kernel=5), ReLU(),
                SequencePool(how="max"), Dropout(rate=0.3), Output(),
            ),
            loss=BCE(),
            optimizer=Adam(lr=0.002),
            schedule=OneCycle(),
            training=TrainingSettings(epochs=8),
        ),
        "text CNN language sentences sentiment classification NLP",
    ),
    Preset(
        "sentiment_attention",
        "Attention for sentiment",
        "“Not bad at all” is praise: attention connects a word with those that turn its meaning around.",
        ExperimentSpec(
            data=Sentences(),
            network=(
                Embedding(width=32), Positions(), *[TransformerBlock(heads=4, expansion=2, dropout=0)] * 2,
                SequencePool(how="mean"), Output(),
            ),
            loss=CrossEntropy(),
            optimizer=Adam(lr=0.003),
            schedule=OneCycle(),
            training=TrainingSettings(epochs=12),
        ),
        "text transformer BERT language sentences classification NLP",
    ),
    Preset(
        "char_gpt",
        "A small GPT that writes",
        "Predicts the next character of Python's documentation: first it learns letters, then words, then something like documentation.",
        ExperimentSpec(
            data=PythonDocs(stride=32),
            network=(
                Embedding(width=128), Positions(), *[TransformerBlock(heads=4, causal=True, dropout=0)] * 4, LayerNorm(), Output(),
            ),
            loss=CrossEntropy(),
            optimizer=Adam(lr=0.003),
            schedule=OneCycle(),
            training=TrainingSettings(epochs=1),
        ),
        "text transformer attention language model LLM ChatGPT nanoGPT minGPT characters generate NLP",
    ),
)  # fmt: skip
