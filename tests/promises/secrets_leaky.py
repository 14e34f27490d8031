"""A stranger's plugin that tells its secret wherever it can, and the site it is installed in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_MANIFEST: Final = """
id = "leaky"
title = "Tells everything"
kinds = ["ci"]
address = "never"
secret = "required"

[effects."job.start"]
how = "native"
settle = "0s"
source = "none"
"""

_PLUGIN: Final = '''
import base64
import logging
import sys
from datetime import timedelta
from urllib.parse import quote

from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.ci import JobDescription
from relconsole.plugin_api.effects import Acknowledged, Ending, Found, Recognition, RemoteState


class Plugin:
    """Says its secret on every way out: streams, log, answers and errors."""

    def __init__(self, context):
        """Keep it, and say it."""
        self._secret = context.secret.reveal()
        self._say("made")

    def _say(self, when):
        raw = self._secret.encode()
        forms = (self._secret, raw.hex(), base64.b64encode(raw).decode(), quote(self._secret))
        for form in forms:
            print(when, form, file=sys.stderr, flush=True)
            print(when, form, flush=True)
            logging.getLogger("leaky").error("%s %s", when, form)
        return " ".join(forms)

    async def check(self):
        """Raise, with the secret in the words."""
        raise RuntimeError(self._say("check"))

    async def close(self):
        """Say it once more."""
        self._say("close")

    async def describe(self, job):
        """Describe a job by the secret."""
        return JobDescription(job=job, digest="0" * 64, summary=self._say("describe"))

    async def recognition(self, kind):
        """Recognise by the secret."""
        return Recognition(how=RecognisesRepeat.NATIVE, settle=timedelta(0), source=self._secret)

    async def perform(self, request):
        """Take one job, and fail at the other with the secret in the words."""
        if request.payload["job"] == "raises":
            raise ValueError(self._say("perform"))
        return Acknowledged(remote=f"{request.id} {self._secret}")

    async def find(self, kind, effect):
        """Find it."""
        return Found(remote=self._secret)

    async def follow(self, kind, remote):
        """Fail, with the secret as the job's output."""
        said = self._say("follow")
        return RemoteState(ending=Ending.FAILED, detail=said, output=said)

    async def cancel(self, kind, remote, reason):
        """Cancel nothing."""
        return False
'''


def install(site: Path) -> None:
    """Install the plugin's distribution into a folder."""
    package = site / "leaky"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""A plugin."""\n')
    (package / "plugin.py").write_text(_PLUGIN)
    (package / "manifest.toml").write_text(_MANIFEST)
    known = site / "leaky-1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: leaky\nVersion: 1.0\n")
    entry = "[relconsole.plugins]\nleaky = leaky.plugin:Plugin\n"
    (known / "entry_points.txt").write_text(entry)
