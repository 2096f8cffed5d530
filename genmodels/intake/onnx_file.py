"""An ONNX file read without running any of it: its arrays, and the operations that take them (protocol buffers, by hand).

Specification: onnx.proto of the ONNX project, fields by number; the wire format of Protocol Buffers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.refusal import Refusal

TYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8", 10: "<f2", 11: "<f8"}  # TensorProto.DataType
LARGEST = 100_000_000  # bytes of a file
BAD = "The file is no ONNX file that can be read here; take the one that the documentation names."


@dataclass(frozen=True)
class Operation:
    """One operation: its kind ("Conv"), the names that it takes and gives, and its attributes (numbers, arrays, texts)."""

    kind: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OnnxFile:
    """The arrays of a file by name, and its operations in the order in which they are done."""

    arrays: dict[str, np.ndarray]
    operations: tuple[Operation, ...]


def read_onnx(content: bytes) -> OnnxFile:
    """Raises `Refusal` for what is too large, cut, or no ONNX file."""
    if len(content) > LARGEST:
        raise Refusal(f"The ONNX file has {len(content):,} bytes; at most {LARGEST:,} are read.")
    try:
        graph = next(value for number, value in _fields(content) if number == 7)
        parts = list(_fields(graph))
        arrays = dict(_array(value) for number, value in parts if number == 5)
        operations = tuple(_operation(value) for number, value in parts if number == 1)
    except (ValueError, IndexError, StopIteration, KeyError, TypeError, struct.error, UnicodeDecodeError):
        raise Refusal(BAD) from None
    return OnnxFile(arrays, operations)


def _number(content: bytes, place: int) -> tuple[int, int]:
    """A whole number of variable length, and the place behind it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = content[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise ValueError


def _fields(content: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a message: number, and a whole number or bytes."""
    place = 0
    while place < len(content):
        key, place = _number(content, place)
        value: int | bytes
        if key & 7 == 0:
            value, place = _number(content, place)
        else:
            size, place = (4, place) if key & 7 == 5 else (8, place) if key & 7 == 1 else _number(content, place)
            value, place = content[place : place + size], place + size
            if len(value) < size:
                raise ValueError
        yield key >> 3, value


def _numbers(values: list[Any]) -> list[int]:
    """Repeated whole numbers, packed or not, with their signs."""
    found = list[int]()
    for value in values:
        place = 0
        while isinstance(value, bytes) and place < len(value):
            one, place = _number(value, place)
            found.append(one)
        if isinstance(value, int):
            found.append(value)
    return [each - (1 << 64) if each >= 1 << 63 else each for each in found]


def _array(content: bytes) -> tuple[str, np.ndarray]:
    """Name and values of a TensorProto."""
    by: dict[int, list[Any]] = {}
    for number, value in _fields(content):
        by.setdefault(number, []).append(value)
    dtype, shape = np.dtype(TYPES[by[2][0]]), _numbers(by.get(1, []))
    if 9 in by:
        values = np.frombuffer(by[9][0], dtype)
    elif 4 in by:
        values = np.frombuffer(b"".join(by[4]), "<f4")
    else:
        values = np.array(_numbers(by.get(5, []) + by.get(7, [])), dtype)
    return by.get(8, [b""])[0].decode(), values.reshape(shape)


def _operation(content: bytes) -> Operation:
    parts = list(_fields(content))
    takes, gives = (tuple(value.decode() for number, value in parts if number == which) for which in (1, 2))
    kind = next(value.decode() for number, value in parts if number == 4)
    return Operation(kind, takes, gives, dict(_attribute(value) for number, value in parts if number == 5))


def _attribute(content: bytes) -> tuple[str, Any]:
    by: dict[int, list[Any]] = {}
    for number, value in _fields(content):
        by.setdefault(number, []).append(value)
    name = by[1][0].decode()
    if 5 in by:
        return name, _array(by[5][0])[1]
    if 8 in by:
        return name, _numbers(by[8])
    if 4 in by:
        return name, by[4][0].decode()
    if 2 in by:
        return name, struct.unpack("<f", by[2][0])[0]
    return name, _numbers(by.get(3, [0]))[0]
