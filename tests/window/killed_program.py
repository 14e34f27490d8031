"""The window over a night's folder, with the keys that lie there: `killed_program.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from relconsole.ports.credentials import Secret
from relconsole_ui.main import run
from tests.promises.kills_cold import PASSPHRASE, FileCredentials
from tests.promises.kills_plan import MARA


def main() -> int:
    """Open the window of the person who commands the night."""
    folder = Path(sys.argv[1])
    words = ["--store", str(folder / "store"), "--as", MARA]
    return run(words, FileCredentials(folder / "keyring.json"), Secret(PASSPHRASE))


if __name__ == "__main__":
    sys.exit(main())
