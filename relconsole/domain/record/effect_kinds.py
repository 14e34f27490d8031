"""The kinds of effects, as intents name them and as plugins are asked for them."""

from __future__ import annotations

from typing import Final

JOB_START: Final = "job.start"
SILENCE_CREATE: Final = "silence.create"
SILENCE_EXPIRE: Final = "silence.expire"
CHANGE_COMMENT: Final = "change.comment"
CHANGE_TRANSITION: Final = "change.transition"
