"""Where a plugin's process begins: started by its path, isolated, without ``site``.

The arguments are the folders to import from, and nothing else: the console's own, so that both
import the same files, and never the current folder, the user's or what an environment names. All
else, the secret among it, comes through the pipe.
"""

import sys


def _begin() -> None:
    sys.path[:] = sys.argv[1:]
    from relconsole.plugin_process.main import main

    main()


if __name__ == "__main__":
    _begin()
