"""The command line: the headless front end.

Each verb lives in a module of its own, imported only when it is asked for, so that no verb loads
what its work does not need.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from relconsole.cli.arguments import Misused
from relconsole.cli.front_end import open_window
from relconsole.cli.verbs import make_parser, run_verb
from relconsole.cli.words import CANNOT_READ, show_error
from relconsole.ports.credentials import Credentials


def main(argv: Sequence[str] | None = None, credentials: Credentials | None = None) -> int:
    """Run one verb and give its exit status; without one, open the window, or else print help.

    ``credentials`` None chooses the keyring of this desktop; a program that runs several verbs may
    hand in its own.

    0 done; 1 the answer is no; 2 the command or its input could not be read; 3 a system, the
    keyring or the store could not be reached.
    """
    _forbid_core_file()
    words = list(sys.argv[1:] if argv is None else argv)
    if _means_the_window(words):
        status = open_window(words)
        if status is None:
            make_parser(words).print_help()
        return status or 0
    parser = make_parser(words)
    try:
        arguments = parser.parse_args(words)
    except Misused as wrong:
        if "--json" not in words:
            print(wrong.usage, end="", file=sys.stderr)
        show_error("usage", wrong, as_json="--json" in words)
        return CANNOT_READ
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 2
    arguments.credentials = credentials
    return run_verb(arguments)


def _means_the_window(words: Sequence[str]) -> bool:
    """Tell whether no verb is named: nothing at all, or settings of the window before anything."""
    return not words or (words[0].startswith("--") and words[0] not in {"--help", "--version"})


def _forbid_core_file() -> None:
    """Let this process write no core file: a key or a passphrase may be open in it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
