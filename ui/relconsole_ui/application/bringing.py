"""Bringing in what is not needed yet: imported in a thread, so that the window goes on."""

from __future__ import annotations

import asyncio
import gc
import importlib


async def bring_in(module: str) -> None:
    """Import a module and all that it imports; it stays, so nobody collects among it."""
    await asyncio.to_thread(_import, module)


def _import(module: str) -> None:
    gc.disable()
    try:
        importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()
