"""What names of files, folders and archives say about the images in them: their class, and their part of a given split."""

import re
from collections.abc import Sequence
from typing import Literal

Part = Literal["train", "validation", "test", ""]
"""A part of a given split; "" without one."""

_LONGEST = 255
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}")
_COPY = re.compile(r"\s*[(\[]\d+[)\]]")
"""cat (2): the number that a copy, or a file of a series, gets."""
_NUMBER = re.compile(r"([\s_.\-#]*)\d+")
_CAMERA = re.compile(
    r"_?(img|imgp|cimg|dsc|dscn|dscf|mg|pxl|pict|mvi|vid|gopr|dji|hpim|image|photo|picture|foto|frame|screenshot|screen shot|scan|file|"
    r"whatsapp image|untitled|unnamed|download)s?(?![a-z])(at|[\W\d_])*",
    re.IGNORECASE,
)
"""Names that cameras, phones and programs give: IMG_1234, DSC0001, Screenshot 2024-01-01."""
_MOST_DIGITS = 4
"""A longer number is a date or an identifier, not a class."""
_PARTS: dict[Part, re.Pattern[str]] = {
    "train": re.compile(r"train(ing)?\d*"),
    "validation": re.compile(r"(val(id(ation)?)?|dev)\d*"),
    "test": re.compile(r"(test(ing)?|eval(uation)?|pred(iction)?|unlabell?ed)\d*"),
}
_FILLERS = re.compile(r"seg|set|data|dataset|images?|imgs?|labels?|files?|folder|split|\d+")


def stem_of(name: str) -> str:
    """The name of a file without its extension: cat.0.jpg → cat.0, cat.0 → cat.0; the end of a name that is too long for a file system."""
    name = name[-_LONGEST:]
    start, mark, end = name.rpartition(".")
    return start if mark and start and _EXTENSION.fullmatch(mark + end) else name


def class_of(name: str) -> str | None:
    """The class in the name of a file, without the number at its end: american_bulldog_12.jpg, cat.0.jpg, dog (3).png → american_bulldog,
    cat, dog. None if only a number is there, or what a camera writes."""
    stem = stem_of(name)
    if _CAMERA.fullmatch(stem):
        return None
    label = _without_number(stem)[0].strip(" _.-#")
    if not label or (not re.search(r"[^\W\d_]", label) and not re.fullmatch(rf"\d{{1,{_MOST_DIGITS}}}", label)):
        return None
    return label


def last_class_of(name: str) -> str | None:
    """The class at the end of the name of a file, after a number: 001_cat.png → cat."""
    match = re.fullmatch(r"\d+[\s_.\-]+(.*[^\W\d_].*)", stem_of(name))
    return match[1] if match else None


def is_numbered(name: str) -> bool:
    """Whether a separator and a number end the name, as in a series of files of one kind."""
    return _without_number(stem_of(name))[1]


def _without_number(stem: str) -> tuple[str, bool]:
    """The name without the number of a copy and a number at its end, and whether something separated that number."""
    plain = _ending_cut(stem, _COPY)
    match = re.search(rf"{_NUMBER.pattern}$", plain)
    if match is None:
        return plain, plain != stem
    return plain[: match.start()], plain != stem or bool(match[1])


def _ending_cut(text: str, pattern: re.Pattern[str]) -> str:
    match = re.search(rf"{pattern.pattern}$", text)
    return text[: match.start()] if match else text


def classes_of_archives(names: Sequence[str]) -> dict[str, str]:
    """The classes after which ZIPs of their images are named: apples-samples.zip, pears-samples (1).zip → apples, pears. A number or code
    with which all of them begin, as in set1_cats.zip and set1_dogs.zip, is no part of the class."""
    plain = {name: re.sub(r"(?<=.)[\s_\-]+samples?$", "", _ending_cut(stem_of(name), _COPY), flags=re.IGNORECASE) for name in names}
    code = re.match(r"(?=[^_\-]*\d)[^_\-]+[_\-]+(?=.*[^\W\d_])", next(iter(plain.values()), ""))
    if len(plain) > 1 and code and all(re.match(rf"{re.escape(code[0])}(?=.*[^\W\d_])", each) for each in plain.values()):
        return {name: each.removeprefix(code[0]) for name, each in plain.items()}
    return plain


def part_of(name: str) -> Part:
    """The part of a split after which a folder or an archive is named: train, testing, valid, training_set, seg_test, test1 …"""
    tokens = [token for token in re.split(r"[\W_]+", name.lower()) if token]
    said = {part for token in tokens for part, pattern in _PARTS.items() if pattern.fullmatch(token)}
    others = [token for token in tokens if not _FILLERS.fullmatch(token) and not any(each.fullmatch(token) for each in _PARTS.values())]
    return said.pop() if len(said) == 1 and not others else ""
