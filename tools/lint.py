"""Runs every check that needs no test, two at a time, and shows what the failing ones said."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

# The longest first, so that the two lanes end together.
CHECKS: dict[str, list[str]] = {
    "basedpyright": ["basedpyright", "--warnings"],
    "mypy": ["mypy"],
    "import contracts": ["lint-imports", "--no-logo"],
    "secrets": [
        "detect-secrets-hook",
        "--disable-plugin=Base64HighEntropyString",
        "--disable-plugin=HexHighEntropyString",
        "--disable-plugin=KeywordDetector",
        "--exclude-files=^packaging/requirements",
        # Typefaces, pictures and workbooks are no text that anybody types a secret into.
        r"--exclude-files=\.(woff2?|ttf|otf|svg|png|xlsx|db)$",
    ],
    "ruff": ["ruff", "check", "--quiet", "--output-format=concise"],
    "format": ["ruff", "format", "--check", "--quiet"],
}


def tracked_files() -> list[str]:
    """Every file of the project, those not yet committed among them."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def run(check: str) -> tuple[str, int, float, str]:
    """Name, exit status, seconds and output of one check."""
    command, *arguments = CHECKS[check]
    if check == "secrets":
        arguments += tracked_files()
    started = time.monotonic()
    done = subprocess.run(
        [str(BIN / command), *arguments],
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return check, done.returncode, time.monotonic() - started, done.stdout


def main() -> int:
    """0 if every check is content."""
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as lanes:
        for check, status, seconds, said in lanes.map(run, CHECKS):
            print(f"{check}: {'ok' if status == 0 else 'FAILED'} ({seconds:.0f} s)", flush=True)
            if status:
                failed += 1
                print(said, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
