"""The window, with a keyring that lives in memory.

A desktop's own would ask for a password in a window of its own, before there is anything to keep.
"""

from __future__ import annotations

import sys

from relconsole.adapters.keyring_os.credentials import MemoryCredentials
from relconsole_ui.main import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], MemoryCredentials()))
