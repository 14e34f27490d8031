"""Ids of the trade as distinct types, so that a step is never passed for a service."""

from __future__ import annotations

from typing import NewType

FactId = NewType("FactId", str)
EffectId = NewType("EffectId", str)
"""The id of the fact that intended the effect; it is the idempotency key everywhere."""

TeamId = NewType("TeamId", str)
PersonId = NewType("PersonId", str)
EnvironmentId = NewType("EnvironmentId", str)
ServiceId = NewType("ServiceId", str)
ReleaseId = NewType("ReleaseId", str)
StepId = NewType("StepId", str)
RunId = NewType("RunId", str)
SystemId = NewType("SystemId", str)
"""The id of a connected system, as ``connections.yaml`` names it."""

Digest = NewType("Digest", str)
"""SHA-256 in lower-case hexadecimal, 64 characters."""

Fingerprint = NewType("Fingerprint", str)
"""SHA-256 of the 32 raw bytes of an Ed25519 public key, in lower-case hexadecimal."""
