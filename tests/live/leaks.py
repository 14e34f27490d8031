"""Looking for a secret where it must not be: beside processes, and in files."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path


def processes_with(*secrets: str) -> list[str]:
    """Give the processes whose arguments or environment hold one of the secrets."""
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        for name in ("cmdline", "environ"):
            # A process may end while it is looked at.
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and _holds((entry / name).read_bytes(), secrets):
                    found.append(f"{entry.name}/{name}")
    return found


def files_with(folder: Path, *secrets: str) -> list[str]:
    """Give the files below a folder that hold one of the secrets, as it is or in base64."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and _holds(path.read_bytes(), secrets)
    ]


def _holds(content: bytes, secrets: tuple[str, ...]) -> bool:
    forms = [form for secret in secrets for form in _forms(secret)]
    return any(form in content for form in forms)


def _forms(secret: str) -> list[bytes]:
    """Give a secret as it is, and what is always there of its base64 wherever that begins."""
    plain = secret.encode()
    forms = [plain]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain)
        forms.append(encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4])
    return forms
