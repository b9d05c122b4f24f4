"""From text to layers."""

import difflib
import itertools
from dataclasses import dataclass
from typing import get_args

from pydantic import ValidationError

from playground.catalog.layers import Layer
from playground.catalog.messages import explain
from playground.shorthand.tokens import Token, tokens
from playground.shorthand.vocabulary import called, chains_of, main_settings, nearest, settings, short
from playground.spec import MAX_DEPTH, MAX_FORMULA_CHARACTERS, MAX_LAYERS, MAX_SPEC_BYTES, SpecError

_VALUES = ("word", "quoted")
"""Kinds of tokens that are values."""
_TEXTS = tuple[str, ...]
"""The type of a setting that is a list of texts."""
MAX_TOKENS = 10_000
"""Words and signs: more than the largest network has with every setting given."""


class ShorthandError(SpecError):
    """A text that cannot be read as layers. at, length: of the part in question, in characters from the text's beginning."""

    def __init__(self, text: str, token: Token, words: str) -> None:
        self.at, self.length = token.at, len(token.text)
        before = text[: token.at]
        column = token.at - (before.rfind("\n") + 1) + 1
        line = f"line {before.count(chr(10)) + 1}, " if "\n" in text.strip() else ""
        super().__init__(f"{line}column {column}: {words}")


def read(text: str) -> tuple[Layer, ...]:
    """The layers that a text says; () for one without any.

    Raises: ShorthandError, a SpecError, with the place, what was found there and what may have been meant."""
    if len(text) > MAX_SPEC_BYTES:
        limit = MAX_SPEC_BYTES // 1000
        raise ShorthandError(text, Token("end", "", 0), f"a network has at most {limit} kB of text, got {len(text) // 1000:,} kB")
    return _Reader(text).network()


@dataclass(frozen=True)
class _Argument:
    """A value, and the name of its setting where it was said."""

    name: Token | None
    value: Token


class _Reader:
    """Goes through the words once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(itertools.islice(tokens(text), MAX_TOKENS + 1))
        if len(self._tokens) > MAX_TOKENS:
            raise self._wrong(self._tokens[-1], f"a network has at most {MAX_TOKENS:,} words and signs")
        quoted = [token for token in self._tokens if token.kind == "quoted"]
        if sum(len(token.text) for token in quoted) > MAX_FORMULA_CHARACTERS:
            raise self._wrong(quoted[-1], f"a network has at most {MAX_FORMULA_CHARACTERS:,} characters of formulas")
        self._next = 0
        self._count = 0

    def network(self) -> tuple[Layer, ...]:
        layers = self._chain(depth=0)
        left = self._peek()
        if left.kind == "semicolon":
            raise self._wrong(left, "“;” parts branches and stands inside parallel( … ); layers are parted by “|”")
        if left.kind != "end":
            raise self._wrong(left, f"{_found(left)} closes nothing")
        return layers

    def _chain(self, depth: int) -> tuple[Layer, ...]:
        """Layers up to a “;”, a “)” or the end, which stay to be read."""
        layers: list[Layer] = []
        self._skip_lines()
        while self._peek().kind not in ("end", "close", "semicolon"):
            layers.append(self._layer(depth))
            if not self._separated():
                break
        return tuple(layers)

    def _separated(self) -> bool:
        """Whether another layer follows: after one “|”, with any number of new lines, or after new lines alone."""
        self._skip_lines()
        if self._peek().kind == "separator":
            sign = self._take()
            self._skip_lines()
            if self._peek().kind in ("end", "close", "semicolon"):
                raise self._wrong(sign, f"a layer is missing after {_found(sign)}")
            return True
        return self._peek().kind not in ("end", "close", "semicolon")

    def _layer(self, depth: int) -> Layer:
        name = self._take()
        if name.kind != "word":
            raise self._wrong(name, f"a layer's name belongs here, as in conv 32, found {_found(name)}")
        variant = called(name.text)
        if variant is None:
            near = nearest(name.text)
            hint = f"did you mean {near!r}?" if near else "layers are called dense, conv, pool, relu, flatten, dropout …"
            raise self._wrong(name, f"unknown layer {name.text[:40]!r}; {hint}")
        self._count += 1
        if self._count > MAX_LAYERS:
            raise self._wrong(name, f"a network has at most {MAX_LAYERS} layers, including those in blocks")
        if chains_of(variant) and depth >= MAX_DEPTH:
            raise self._wrong(name, f"blocks may be nested at most {MAX_DEPTH} deep")
        arguments = self._arguments()
        chains: list[tuple[Layer, ...]] | None = None
        if self._peek().kind == "open":
            opened = self._take()
            if chains_of(variant):
                chains = self._body(arguments, opened, depth)
            else:
                self._skip_lines()
                arguments += self._arguments(lines=True)
                self._close(opened)
            if self._peek().kind in (*_VALUES, "open", "equals"):
                raise self._wrong(self._peek(), f"“|” belongs between two layers, found {_found(self._peek())}")
        return self._made(variant, name, arguments, chains)

    def _body(self, arguments: list[_Argument], opened: Token, depth: int) -> list[tuple[Layer, ...]]:
        """What stands in a block's brackets: its chains, parted by “;”. Settings there are added to the arguments."""
        chains: list[tuple[Layer, ...]] = []
        while True:
            self._skip_lines()
            if self._peek().kind == "word" and self._peek(1).kind == "equals":
                arguments += self._arguments(lines=True)
            else:
                chains.append(self._chain(depth + 1))
            if self._peek().kind != "semicolon":
                self._close(opened)
                return chains
            self._take()

    def _arguments(self, *, lines: bool = False) -> list[_Argument]:
        """Values and settings, up to the first sign that is neither. lines: whether new lines may stand between them."""
        found: list[_Argument] = []
        while self._peek().kind in _VALUES:
            word = self._take()
            if word.kind == "word" and word.text[0] in '"“”':
                raise self._wrong(word, "these quotes are not closed")
            if self._peek().kind != "equals":
                found.append(_Argument(None, word))
            else:
                self._take()
                value = self._take()
                if value.kind not in _VALUES:
                    raise self._wrong(word, f"{word.text[:40]}= needs a value, as in stride=2, found {_found(value)}")
                found.append(_Argument(word, value))
            if lines:
                self._skip_lines()
        if self._peek().kind == "equals":
            raise self._wrong(self._peek(), "“=” stands between a setting's name and its value, as in stride=2")
        return found

    def _made(self, variant: type[Layer], name: Token, arguments: list[_Argument], chains: list[tuple[Layer, ...]] | None) -> Layer:
        values: dict[str, object] = {}
        places: dict[str, Token] = {}
        for number, argument in enumerate(arguments):
            setting = self._setting(variant, argument, number)
            if setting in values:
                raise self._wrong(argument.name or argument.value, f"{setting} of {short(variant)} is given twice")
            values[setting] = _value(argument.value, variant.model_fields[setting].annotation)
            places[setting] = argument.value
        inner = chains_of(variant)
        if inner is not None and chains:
            if len(chains) > 1 and not inner[1]:
                raise self._wrong(name, f"{short(variant)} holds one chain of layers, got {len(chains)} parted by “;”")
            values[inner[0]] = tuple(chains) if inner[1] else chains[0]
        try:
            return variant.model_validate(values)
        except ValidationError as error:
            details = error.errors(include_url=False)[0]
            place = places.get(str(details["loc"][0]), name) if details["loc"] else name
            raise self._wrong(place, f"{short(variant)} {explain(details, variant)}") from None

    def _setting(self, variant: type[Layer], argument: _Argument, number: int) -> str:
        """The name of the setting that an argument is for."""
        main = main_settings(variant)
        if argument.name is None:
            if number < len(main):
                return main[number]
            takes = f"takes {', '.join(main)}" if main else "takes no value"
            if main and variant.model_fields[main[-1]].annotation == _TEXTS:
                example = f'{short(variant)} "{", ".join(variant.model_fields[main[-1]].default)}"'
                raise self._wrong(argument.value, f"several {main[-1]} need quotes, as in {example}; found {argument.value.text[:40]!r}")
            raise self._wrong(argument.value, f"{short(variant)} {takes}; found {argument.value.text[:40]!r} too many, is a “|” missing?")
        known = settings(variant)
        asked = argument.name.text.lower()
        if asked in known:
            return asked
        near = difflib.get_close_matches(asked[:40], known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known)}" if known else "it has none"
        raise self._wrong(argument.name, f"{short(variant)} has no setting {asked[:40]!r}; {hint}")

    def _close(self, opened: Token) -> None:
        if self._peek().kind == "end":
            raise self._wrong(opened, "this “(” is not closed")
        closing = self._take()
        if closing.kind != "close":
            raise self._wrong(closing, f"“)” belongs here, found {_found(closing)}")

    def _skip_lines(self) -> None:
        while self._peek().kind == "line":
            self._next += 1

    def _peek(self, further: int = 0) -> Token:
        return self._tokens[min(self._next + further, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._peek()
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _wrong(self, token: Token, words: str) -> ShorthandError:
        return ShorthandError(self._text, token, words)


def _found(token: Token) -> str:
    if token.kind == "end":
        return "the end"
    return "a new line" if token.kind == "line" else f"“{token.text[:40]}”"


def _value(token: Token, kind: object) -> object:
    """A number, None for `none`, else the word itself, which may be a choice or a switch; or a list of texts. kind: of the setting."""
    text = token.text[1:-1] if token.kind == "quoted" else token.text
    if kind == _TEXTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if text.lower() == "none" and "none" not in get_args(kind):
        return None
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text
