"""`python -m relconsole_estate.guard`: ends the estate when the process it was made for ends.

So a demonstration that crashes, or is killed, leaves nothing running.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from relconsole_estate.errors import EstateError
from relconsole_estate.folder import EstateFolder
from relconsole_estate.processes import ProcessList, end, is_alive, start_of

_PAUSE = 0.25


def stop_estate(folder: EstateFolder) -> int:
    """Ends everything on the estate's list but the caller; gives how many there were."""
    listed = ProcessList(folder).close()
    others = [entry for entry in listed if is_alive(entry) and entry.pid != os.getpid()]
    # The guard last: until then it is the one who would finish the work of a killed caller.
    end(entry for entry in others if entry.role != "guard")
    end(entry for entry in others if entry.role == "guard")
    return len(others)


def main(arguments: Sequence[str] | None = None) -> int:
    """Waits for the end of the guarded process, then ends the estate."""
    parser = argparse.ArgumentParser(prog="relconsole_estate.guard", description=__doc__)
    parser.add_argument("--state", required=True, type=Path)
    parser.add_argument("--pid", required=True, type=int)
    parser.add_argument("--started", required=True, type=int)
    asked = parser.parse_args(arguments)
    folder = EstateFolder(asked.state)
    listed = ProcessList(folder)
    try:
        listed.enter(name="guard", role="guard", version="1")
        while start_of(asked.pid) == asked.started:
            time.sleep(_PAUSE)
        print(f"process {asked.pid} has ended: {stop_estate(folder)} ended", flush=True)
    except (EstateError, OSError) as error:
        print(f"the guard failed: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
