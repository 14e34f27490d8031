"""Writing a file that a person wants, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from relconsole.domain.kernel.errors import WorldIsDown


def write_file(path: Path, content: bytes) -> Path:
    """Give the path once the file is there whole; what was there before stays where it fails.

    WorldIsDown where the disk refuses.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
    except OSError as wrong:
        raise WorldIsDown(f"{path} cannot be written: {wrong.strerror}.", system="disk") from wrong
    return path
