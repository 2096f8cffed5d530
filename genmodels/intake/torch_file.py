"""The arrays of a PyTorch checkpoint, old or zipped, read without PyTorch and without running anything that is in it.

Such a file is a program for Python's own machine, and may do whatever Python can. Here it is taken apart by `pickletools`, and
a machine of ours knows only what tensors, numbers, texts, lists and tables need; anything else is refused by its name.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Hashable
from pathlib import Path
from pickletools import genops
from typing import Any, BinaryIO

import numpy as np

from genmodels.files import Unreadable, read_bytes
from genmodels.printable import printable
from genmodels.refusal import Refusal

LARGEST = 600_000_000  # bytes of a file
MOST_STEPS = 2_000_000  # of the machine
MAGIC = 0x1950A86A20F9469CFC6C  # the number that an old checkpoint begins with
TYPES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}
TABLE, TENSOR, PARAMETER = (
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
)
PUSHED = ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "SHORT_BINSTRING", "BINSTRING", "SHORT_BINBYTES")  # fmt: skip
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
NOTED, RECALLED = ("BINPUT", "LONG_BINPUT"), ("BINGET", "LONG_BINGET")


class Storage:
    """A flat array that tensors are cut from; of an old file its numbers come last."""

    def __init__(self, kind: str, key: str, count: int) -> None:
        self.dtype, self.key, self.count = np.dtype(TYPES[kind]), key, count
        self.array: np.ndarray | None = None


class Tensor:
    """What a tensor is cut from, and how: its first number, its shape and its steps."""

    def __init__(self, storage: Storage, start: int, shape: tuple[int, ...], steps: tuple[int, ...]) -> None:
        self.storage, self.start, self.shape, self.steps = storage, int(start), tuple(shape), tuple(steps)

    def array(self) -> np.ndarray:
        """Its numbers; raises ValueError where it would reach past them."""
        flat = self.storage.array
        last = self.start + sum((size - 1) * step for size, step in zip(self.shape, self.steps, strict=True))
        if flat is None or min((*self.shape, 1)) < 1 or min((*self.steps, self.start, 0)) < 0 or last >= len(flat):
            raise ValueError("a tensor reaches past its numbers")
        wide = [step * flat.itemsize for step in self.steps]
        return np.lib.stride_tricks.as_strided(flat[self.start :], self.shape, wide).copy()


def read_torch(file: Path) -> dict[str, np.ndarray]:
    """The tensors of a checkpoint by name ("state.layer.weight" where tables lie in tables); raises `Refusal` for anything else."""
    try:
        content = read_bytes(file, LARGEST)
        zipped = zipfile.is_zipfile(io.BytesIO(content))
        return dict(_named((_zipped if zipped else _old)(content)))
    except (Unreadable, FileNotFoundError) as reason:
        raise Refusal(f"{printable(file.name)} {reason}; name a checkpoint of PyTorch.") from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as reason:
        said = printable(str(reason), 80)
        raise Refusal(f"{printable(file.name)} holds more than tensors, or is cut ({said}); it is not read.") from None


def _zipped(content: bytes) -> object:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        program = next(name for name in archive.namelist() if name.endswith("data.pkl"))
        root = program.removesuffix("data.pkl")
        if sum(each.file_size for each in archive.infolist()) > LARGEST:
            raise ValueError("too large unpacked")

        def load(storage: Storage) -> None:
            storage.array = np.frombuffer(archive.read(f"{root}data/{storage.key}"), storage.dtype)

        return _run(io.BytesIO(archive.read(program)), load)


def _old(content: bytes) -> object:
    """Four programs one after the other, the names of the storages, and their numbers."""
    stream, storages = io.BytesIO(content), dict[str, Storage]()
    if _run(stream) != MAGIC:
        raise ValueError("no checkpoint")
    _run(stream), _run(stream)

    def note(storage: Storage) -> None:
        storages.setdefault(storage.key, storage)

    found = _run(stream, note)
    keys = _run(stream)
    shared: dict[str, np.ndarray] = {}
    for key in keys if isinstance(keys, list) else []:
        count = int.from_bytes(stream.read(8), "little")
        storage = storages[key]
        data = stream.read(count * storage.dtype.itemsize)
        shared[key] = np.frombuffer(data, storage.dtype)
    _filled(found, shared)
    return found


def _filled(found: object, shared: dict[str, np.ndarray]) -> None:
    """Give every storage in a table its numbers."""
    for each in found.values() if isinstance(found, dict) else ():
        if isinstance(each, Tensor):
            each.storage.array = shared[each.storage.key]
        _filled(each, shared)


def _named(found: object, before: str = "") -> list[tuple[str, np.ndarray]]:
    rows = list[tuple[str, np.ndarray]]()
    for name, each in found.items() if isinstance(found, dict) else ():
        if isinstance(each, Tensor):
            rows.append((f"{before}{name}", each.array()))
        rows += _named(each, f"{before}{name}.")
    return rows


def _run(stream: BinaryIO, load: Callable[[Storage], None] = lambda storage: None) -> object:
    """What a program leaves, by a machine that knows nothing but tables, lists, numbers, texts and tensors."""
    machine = _Machine(load)
    for count, (code, argument, _) in enumerate(genops(stream)):
        if code.name == "STOP":
            return machine.stack[-1]
        if count > MOST_STEPS:
            raise ValueError("too long a program")
        machine.step(code.name, argument)
    raise ValueError("no end")


class _Machine:
    """A stack, what was noted, and places on the stack that were marked."""

    def __init__(self, load: Callable[[Storage], None]) -> None:
        self.stack, self.notes, self.marks, self.load = list[Any](), dict[int, Any](), list[int](), load

    def step(self, name: str, argument: Any) -> None:
        """One instruction; raises ValueError for one that is not known here."""
        stack = self.stack
        if name in PUSHED:
            stack.append(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name in NOTED:
            self.notes[argument] = stack[-1]
        elif name in RECALLED:
            stack.append(self.notes[argument])
        elif name == "MEMOIZE":
            self.notes[len(self.notes)] = stack[-1]
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            stack.append(self._name(argument))
        elif name not in ("PROTO", "FRAME"):
            self._build(name)

    def _name(self, argument: str | None) -> str:
        """What a program calls by name stays a name, and only few are known."""
        if argument is None:
            last = self.stack.pop()
            argument = f"{self.stack.pop()} {last}"
        known = argument in (TABLE, TENSOR, PARAMETER)
        if not known and not (argument.startswith("torch ") and argument[6:] in TYPES):
            raise ValueError(f"it names {argument}")
        return argument

    def _build(self, name: str) -> None:
        stack = self.stack
        if name == "MARK":
            self.marks.append(len(stack))
        elif name in ("EMPTY_DICT", "EMPTY_LIST"):
            stack.append({} if name == "EMPTY_DICT" else [])
        elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
            stack.append(tuple(self._last(int(name[-1]))))
        elif name == "TUPLE":
            stack.append(tuple(self._marked()))
        elif name in ("SETITEM", "SETITEMS"):
            self._set(self._last(2) if name == "SETITEM" else self._marked())
        elif name in ("APPEND", "APPENDS"):
            values = self._last(1) if name == "APPEND" else self._marked()
            stack[-1].extend(values)
        elif name == "BINPERSID":
            stack.append(self._storage(stack.pop()))
        elif name == "REDUCE":
            arguments, made = stack.pop(), stack.pop()
            stack.append(_made(made, arguments))
        elif name == "BUILD":  # attributes of a table, such as its version: not needed
            stack.pop()
        else:
            raise ValueError(f"it asks for {name}")

    def _last(self, count: int) -> list[Any]:
        if len(self.stack) < count:
            raise ValueError("the program is broken")
        taken = self.stack[-count:]
        del self.stack[-count:]
        return taken

    def _marked(self) -> list[Any]:
        start = self.marks.pop()
        taken = self.stack[start:]
        del self.stack[start:]
        return taken

    def _set(self, values: list[Any]) -> None:
        table = self.stack[-1]
        for key, value in zip(values[::2], values[1::2], strict=True):
            if not isinstance(table, dict) or not isinstance(key, Hashable):
                raise ValueError("no table")
            table[key] = value

    def _storage(self, told: tuple[Any, ...]) -> Storage:
        _, kind, key, _, count = told[:5]
        storage = Storage(str(kind).removeprefix("torch "), str(key), int(count))
        self.load(storage)
        return storage


def _made(name: str, arguments: tuple[Any, ...]) -> object:
    """What a call of a known name gives."""
    if name == TABLE:
        return {}
    if name == TENSOR and isinstance(arguments[0], Storage):
        return Tensor(*arguments[:4])
    if name == PARAMETER and isinstance(arguments[0], Tensor):
        return arguments[0]
    raise ValueError(f"it calls {name}")
