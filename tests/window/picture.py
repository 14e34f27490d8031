"""What a screen shows, as numbers and as a PNG, read from the file into which its server paints."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_HEADER: Final = struct.Struct(">25I")
_COLOUR_ENTRY: Final = 12
_BITS: Final = 32
SATURATED: Final = 0.45
VISIBLE: Final = 0.30
_RED_WITHIN: Final = 20.0
"""Degrees on either side of pure red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The parts of a picture, 0 to 1, that have a colour at all, and that are red."""

    coloured: float
    red: float


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """``pixels`` is height by width by red, green and blue."""

    pixels: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        """Give the colour of one pixel."""
        red, green, blue = (int(part) for part in self.pixels[y, x])
        return red, green, blue

    def differs_from(self, other: Picture) -> float:
        """Give the share of pixels that differ, 0 to 1; of pictures of one size."""
        return float(np.any(self.pixels != other.pixels, axis=2).mean())

    def shares(self) -> Shares:
        """Give how much of it is coloured: saturation over 0.45 and value over 0.3."""
        parts = self.pixels.astype(np.float64) / 255
        value = parts.max(axis=2)
        spread = value - parts.min(axis=2)
        saturation = np.divide(spread, value, out=np.zeros_like(value), where=value > 0)
        coloured = (saturation > SATURATED) & (value > VISIBLE)
        red, green, blue = parts[:, :, 0], parts[:, :, 1], parts[:, :, 2]
        hue = np.divide(green - blue, spread, out=np.zeros_like(value), where=spread > 0) * 60
        is_red = coloured & (value == red) & (np.abs(hue) <= _RED_WITHIN)
        return Shares(coloured=float(coloured.mean()), red=float(is_red.mean()))

    def save(self, path: Path) -> Path:
        """Write it as a PNG and give the path."""
        width, height = self.size
        rows = np.zeros((height, 1 + width * 3), dtype=np.uint8)
        rows[:, 1:] = self.pixels.reshape(height, width * 3)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + _chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
            + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
            + _chunk(b"IEND", b"")
        )
        return path


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def read_window_dump(content: bytes) -> Picture:
    """Give the picture of an X window dump of 32 bits a pixel, least significant byte first."""
    head = _HEADER.unpack_from(content)
    header_size, width, height, bits, line = head[0], head[4], head[5], head[11], head[12]
    assert bits == _BITS, f"{bits} bits a pixel"
    begin = header_size + head[19] * _COLOUR_ENTRY
    flat = np.frombuffer(content, dtype=np.uint8, count=line * height, offset=begin)
    rows = flat.reshape(height, line)[:, : width * 4].reshape(height, width, 4)
    return Picture(np.ascontiguousarray(rows[:, :, 2::-1]))
