"""A recogniser's model file with its output layer cut to the characters in use.

What: the bytes of an ONNX model whose last layer tells some classes apart instead of all of them.
Why: PP-OCR knows 18,708 characters, most of them Chinese, and spends a sixth of its time and nine of its twenty-one megabytes on
them. Masked to a field's characters the lattice is the same with and without them: the softmax over fewer classes, brought to a
sum of one over the mask, is the softmax over all of them brought to it. Edited as bytes, since the package `onnx` would be 18 MB
and a tenth of a second at each start for three messages of a well-known file.
Refuses: a model that is not built as expected (ValueError): then the whole of it can still be used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

# field numbers of ONNX's messages (onnx.proto3)
MODEL_GRAPH, MODEL_METADATA = 7, 14
GRAPH_INITIALIZER, GRAPH_OUTPUT, GRAPH_VALUE_INFO = 5, 12, 13
TENSOR_DIMS, TENSOR_TYPE, TENSOR_FLOATS, TENSOR_NAME, TENSOR_RAW = 1, 2, 4, 8, 9
ENTRY_KEY, ENTRY_VALUE = 1, 2
VALUE_NAME, VALUE_TYPE, TYPE_TENSOR, TENSOR_ELEMENT = 1, 2, 1, 1
FLOAT = 1
# protobuf's wire types
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5


def cut_to(model: bytes, classes: Sequence[int], of: int) -> bytes:
    """The model with only the given of its `of` output classes, in the given order. Raises ValueError."""
    chosen = np.asarray(classes, np.intp)
    cut: list[int] = []  # numbers of dimensions of the tensors cut
    parts: list[bytes | memoryview] = []
    for number, whole, payload in _fields(memoryview(model)):
        if number == MODEL_GRAPH:
            graph = _graph(payload, chosen, of, cut)
            parts += [_start(MODEL_GRAPH, sum(map(len, graph))), *graph]
        else:
            parts.append(whole)
    if sorted(cut) != [1, 2]:
        raise ValueError(f"no output layer of {of} classes with one weight matrix and one bias, but tensors of {cut} dimensions")
    return b"".join(parts)


def metadata(model: bytes) -> dict[str, str]:
    """What the model's file says of itself, by key. Raises ValueError."""
    found: dict[str, str] = {}
    for number, _, entry in _fields(memoryview(model)):
        if number == MODEL_METADATA:
            said = {part: str(text, "utf-8") for part, _, text in _fields(entry)}
            found[said.get(ENTRY_KEY, "")] = said.get(ENTRY_VALUE, "")
    return found


def _graph(graph: memoryview, chosen: npt.NDArray[np.intp], of: int, cut: list[int]) -> list[bytes | memoryview]:
    parts: list[bytes | memoryview] = []
    for number, whole, payload in _fields(graph):
        if number == GRAPH_VALUE_INFO:
            continue  # shapes of what lies between: optional, and some are no longer true
        if number == GRAPH_OUTPUT:
            parts.append(_field(GRAPH_OUTPUT, _without_shape(payload)))
        elif number == GRAPH_INITIALIZER and (shape := _shape(payload))[-1:] == [of]:
            parts.append(_field(GRAPH_INITIALIZER, _tensor(payload, shape, chosen)))
            cut.append(len(shape))
        else:
            parts.append(whole)
    return parts


def _without_shape(value: memoryview) -> bytes:
    """An output by its name alone; the runtime works out its shape."""
    name = next(payload for number, _, payload in _fields(value) if number == VALUE_NAME)
    floats = _field(TYPE_TENSOR, _varint(TENSOR_ELEMENT << 3 | VARINT) + _varint(FLOAT))
    return _field(VALUE_NAME, name) + _field(VALUE_TYPE, floats)


def _shape(tensor: memoryview) -> list[int]:
    shape: list[int] = []
    for number, _, payload in _fields(tensor):
        if number == TENSOR_DIMS:  # one after the other, or packed into one field
            place = 0
            while place < len(payload):
                size, place = _read_varint(payload, place)
                shape.append(size)
    return shape


def _tensor(tensor: memoryview, shape: Sequence[int], chosen: npt.NDArray[np.intp]) -> bytes:
    """The same tensor with the chosen indices of its last dimension."""
    name, raw = b"", memoryview(b"")
    for number, _, payload in _fields(tensor):
        if number == TENSOR_NAME:
            name = bytes(payload)
        elif number in (TENSOR_RAW, TENSOR_FLOATS):  # packed floats look like raw ones
            raw = payload
        elif number == TENSOR_TYPE and _read_varint(payload, 0)[0] != FLOAT:
            raise ValueError("an output layer whose weights are not 32-bit floats")
    values = np.ascontiguousarray(np.frombuffer(raw, "<f4").reshape(shape)[..., chosen])
    dims = b"".join(_varint(TENSOR_DIMS << 3 | VARINT) + _varint(size) for size in values.shape)
    kind = _varint(TENSOR_TYPE << 3 | VARINT) + _varint(FLOAT)
    return dims + kind + _field(TENSOR_NAME, name) + _field(TENSOR_RAW, values.tobytes())


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Each field of a message: its number, all its bytes, and its value's bytes (without the length)."""
    place = 0
    while place < len(message):
        start = place
        key, place = _read_varint(message, place)
        number, wire = key >> 3, key & 7
        value = place
        if wire == VARINT:
            _, place = _read_varint(message, place)
        elif wire == LENGTH:
            size, value = _read_varint(message, place)
            place = value + size
        elif wire in (FIXED64, FIXED32):
            place += 8 if wire == FIXED64 else 4
        else:
            raise ValueError(f"a field of wire type {wire}")
        if place > len(message):
            raise ValueError("the file ends too early")
        yield number, message[start:place], message[value:place]


def _read_varint(message: memoryview, place: int) -> tuple[int, int]:
    """The number at `place` and the place behind it."""
    value, shift = 0, 0
    while place < len(message):
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
    raise ValueError("the file ends too early")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _field(number: int, payload: bytes | memoryview) -> bytes:
    return _start(number, len(payload)) + bytes(payload)


def _start(number: int, length: int) -> bytes:
    """What stands before a message of that length."""
    return _varint(number << 3 | LENGTH) + _varint(length)
