"""How files become examples: the class of every image, its part of a given split, and why it is left out, in each plausible reading."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from playground.own.file_names import Part, class_of, classes_of_archives, is_numbered, last_class_of, part_of, stem_of
from playground.own.labels import LabelList, label_lists
from playground.own.names import shared_depth, shown
from playground.own.prepared import Note
from playground.own.sources import File, Sources
from playground.own.work import go_on, limited

NAMES = "the start of the file name"
_LAST_NAMES = "the end of the file name"
_FOLDER = "the folder under the root"
_INNERMOST = "the innermost folder"
_ARCHIVE = "the name of the ZIP"
_PARTS_DEPTH = 3


@dataclass(frozen=True)
class Arrangement:
    """One reading of a set of images. title: where the classes come from. files: the images. classes: of each, None if it is left out;
    reasons: why it is, "" if not. parts: of a given split. notes: on the reading. lists: the files in which classes were read."""

    title: str
    files: tuple[File, ...]
    classes: tuple[str | None, ...]
    parts: tuple[Part, ...]
    reasons: tuple[str, ...]
    notes: tuple[Note, ...] = ()
    lists: tuple[File, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Number of images of each class, in order."""
        return dict(sorted(Counter(label for label in self.classes if label is not None).items()))

    @property
    def split(self) -> dict[Part, int]:
        """Number of images of each part of a given split that can be used: one for testing, and others; {} without."""
        counts = Counter(part for part, label in zip(self.parts, self.classes, strict=True) if label is not None)
        testing = testing_part(counts)
        return dict(counts) if testing and "" not in counts and len(counts) > 1 else {}

    def labeled(self, labels: Mapping[str, str]) -> "Arrangement":
        """The same, with other classes where there are any, by path or by name."""
        given = [labels.get(file.path) or labels.get(file.name) for file in self.files]
        return replace(
            self,
            classes=tuple(label or before for label, before in zip(given, self.classes, strict=True)),
            reasons=tuple("" if label else before for label, before in zip(given, self.reasons, strict=True)),
        )


def testing_part(parts: object) -> Part:
    """The part that is held out: the test set, or else the validation set; "" without either."""
    named: tuple[Part, ...] = ("test", "validation")
    return next((part for part in named if part in parts), "")  # type: ignore[operator]


@limited
def arrangements(files: Sequence[tuple[str, bytes]], most_classes: int = 1000) -> tuple[Arrangement, ...]:
    """The plausible readings of files (name, content), the best one first; at least one.

    Raises: OwnDataError if an archive is damaged or malicious."""
    return arranged(Sources(files), most_classes)


def classes_by_folder(files: Sequence[File]) -> tuple[tuple[str | None, ...], bool]:
    """The class of each file: the folder under the root, or the name of its archive if that has no folders; None for single files. And
    whether further folders name parts of a split."""
    tree = _Tree(files)
    by_folder = tree.by_folder().classes
    classes = tuple(None if file.archive is None else label for file, label in zip(files, by_folder, strict=True))
    return classes, any(tree.parts)


def arranged(sources: Sources, most_classes: int = 1000) -> tuple[Arrangement, ...]:
    """As `arrangements`, of opened files. most_classes: a reading with more comes last."""
    images = sources.images
    tree = _Tree(images)
    lists = label_lists(sources.texts, images)
    first = [each for each in lists if each.sure == 2 and 2 * each.count >= tree.expected(each.classes)]
    others = [each for each in lists if each not in first and each.sure]
    readings = [*(_from_list(each, tree) for each in first), *tree.readings(), *(_from_list(each, tree) for each in others)]
    readings = readings or [_from_list(each, tree) for each in lists]
    plausible: list[Arrangement] = []
    for reading in sorted(readings, key=lambda each: len(each.counts) > most_classes):
        go_on()
        if len(reading.counts) > 1 and not any(_same(reading, other) for other in plausible):
            plausible.append(reading)
    return tuple(plausible) or (tree.by_folder(),)


def _same(one: Arrangement, other: Arrangement) -> bool:
    """Whether both divide the images in the same way, whatever the classes are called."""
    pairs = set(zip(one.classes, other.classes, strict=True))
    return len(pairs) == len({first for first, _ in pairs}) == len({second for _, second in pairs})


def _from_list(found: LabelList, tree: "_Tree") -> Arrangement:
    parts = tuple(part or below for part, below in zip(found.parts, tree.parts, strict=True))
    reasons = tuple(tree.unlabeled_reason(index) or reason if reason else "" for index, reason in enumerate(found.reasons))
    return Arrangement(found.title, tree.files, found.classes, parts, reasons, found.notes, found.files)


class _Tree:
    """Images in their folders. folders: of each image, below the root of its archive and without those that name a part of a split.
    parts: of each image."""

    def __init__(self, files: Sequence[File]) -> None:
        self.files = tuple(files)
        self.folders: list[tuple[str, ...]] = [file.folders for file in files]
        self.parts: list[Part] = [""] * len(files)
        self._part_names = [""] * len(files)
        self._roots: dict[str | None, str] = {}
        self._by_archive: dict[str | None, list[int]] = defaultdict(list)
        for index, file in enumerate(files):
            self._by_archive[file.archive].append(index)
        for archive, indices in self._by_archive.items():
            self._roots[archive] = self._strip(indices)
            while self._take_parts(indices):
                self._strip(indices)
        self._parts_of_archives()
        self._flat = {
            archive: archive is not None and not any(self.folders[index] for index in indices)
            for archive, indices in self._by_archive.items()
            if archive not in self._part_names
        }
        self._without = self._parts_without_folders()

    def _strip(self, indices: list[int]) -> str:
        """Removes the folders that all images of an archive share. Returns the innermost of them."""
        below = [self.folders[index] for index in indices if self.folders[index]]
        depth = shared_depth(below)
        for index in indices:
            self.folders[index] = self.folders[index][depth:]
        return below[0][depth - 1] if depth else ""

    def _take_parts(self, indices: list[int]) -> bool:
        """Removes the first level of folders that name parts of a split. Returns whether there was one."""
        for level in range(_PARTS_DEPTH):
            names = {self.folders[index][level] for index in indices if len(self.folders[index]) > level}
            found = {name: part_of(name) for name in names}
            if len(names) < 2 or "" in found.values() or (len(set(found.values())) < 2 and "train" not in found.values()):
                continue
            for index in indices:
                folders = self.folders[index]
                if len(folders) > level:
                    self._set_part(index, found[folders[level]], folders[level])
                    self.folders[index] = folders[:level] + folders[level + 1 :]
            return True
        return False

    def _parts_of_archives(self) -> None:
        """The names of archives that are train.zip, test.zip …"""
        archives = [archive for archive in self._by_archive if archive is not None]
        found = {archive: part_of(stem_of(archive)) for archive in archives}
        if len(set(found.values())) > 1 and "" not in found.values():
            for archive, part in found.items():
                for index in self._by_archive[archive]:
                    self._set_part(index, part, archive)

    def _set_part(self, index: int, part: Part, name: str) -> None:
        if not self.parts[index]:
            self.parts[index], self._part_names[index] = part, name

    def _parts_without_folders(self) -> set[str]:
        """Names of parts of which no image is in a folder, while images of other parts are."""
        inside: dict[str, bool] = defaultdict(bool)
        for name, folders in zip(self._part_names, self.folders, strict=True):
            inside[name] = inside[name] or bool(folders)
        return {name for name, has_folders in inside.items() if name and not has_folders} if any(inside.values()) else set()

    def _is_unlabeled(self, index: int) -> bool:
        return self._part_names[index] in self._without

    def unlabeled_reason(self, index: int) -> str:
        """Why an image of a part without classes is left out; "" for others."""
        return f"in “{shown(self._part_names[index])}”, which has no classes" if self._is_unlabeled(index) else ""

    def readings(self) -> Iterator[Arrangement]:
        """Each reading of folders and names that is plausible, the best one first."""
        if len(self.by_folder().counts) > 1:
            yield self.by_folder()
        by_name = self._by_name(NAMES, class_of)
        if self._is_plausible(by_name):
            yield by_name
        deepest = max(map(len, self.folders), default=0)
        for level in range(deepest, 1, -1):
            title = _INNERMOST if level == deepest else f"folder {level} under the root"
            at = -1 if level == deepest else level - 1
            by_level = self._made(title, [folders[at] if len(folders) >= (1 if at < 0 else level) else None for folders in self.folders])
            if self._is_plausible(by_level):
                yield by_level
        by_end = self._by_name(_LAST_NAMES, last_class_of)
        if self._is_plausible(by_end):
            yield by_end

    def by_folder(self) -> Arrangement:
        """The folder under the root; of an archive without folders, its name; of single images, the start of their names."""
        flat = [archive for archive, is_flat in self._flat.items() if is_flat and archive is not None]
        roots = [self._roots[archive] for archive in flat]
        named = classes_of_archives(flat)
        by_root = len(flat) > 1 and len(set(roots)) == len(roots) and all(roots)
        classes: list[str | None] = []
        used = set()
        for index, (file, folders) in enumerate(zip(self.files, self.folders, strict=True)):
            if self._is_unlabeled(index):
                classes.append(None)
                continue
            if folders:
                classes.append(folders[0])
                used.add(_FOLDER)
            elif file.archive is None:
                classes.append(class_of(file.name))
                used.add(NAMES)
            elif self._flat.get(file.archive):
                classes.append(self._roots[file.archive] if by_root else named[file.archive])
                used.add(_FOLDER if by_root else _ARCHIVE)
            else:
                classes.append(None)
        title = ", or ".join(each for each in (_FOLDER, _ARCHIVE, NAMES) if each in used) or NAMES
        return self._made(title, classes)

    def _by_name(self, title: str, read: Callable[[str], str | None]) -> Arrangement:
        return self._made(title, [None if self._is_unlabeled(index) else read(file.name) for index, file in enumerate(self.files)])

    def _made(self, title: str, classes: list[str | None]) -> Arrangement:
        labeled = {name for name, label in zip(self._part_names, classes, strict=True) if label is not None}
        reasons = []
        for index, label in enumerate(classes):
            name = self._part_names[index]
            if label is not None:
                reasons.append("")
            elif name and name not in labeled:
                reasons.append(f"in “{shown(name)}”, which has no classes")
            elif title.startswith(_FOLDER) and self.files[index].archive is not None:
                reasons.append("not in a class folder")
            else:
                reasons.append("without a class in the name" if "name" in title else "not in such a folder")
        return Arrangement(title, self.files, tuple(classes), tuple(self.parts), tuple(reasons))

    def _is_plausible(self, reading: Arrangement) -> bool:
        """Whether it gives at least half of the images a class, and half of those are of a class with others, or numbered like a series."""
        counts = Counter(reading.classes)
        used = [index for index, label in enumerate(reading.classes) if label is not None]
        by_name = reading.title in (NAMES, _LAST_NAMES)
        good = sum(counts[reading.classes[index]] > 1 or (by_name and is_numbered(self.files[index].name)) for index in used)
        return len(reading.counts) > 1 and 2 * good >= len(used) and 2 * len(used) >= self.expected(reading.classes)

    def expected(self, classes: Sequence[str | None]) -> int:
        """How many images are in parts of which at least one image has a class, or in none."""
        labeled = {name for name, label in zip(self._part_names, classes, strict=True) if label is not None}
        return sum(not name or name in labeled for name in self._part_names)
