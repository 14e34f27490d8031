"""What can go wrong in the estate, one tree. Nothing that decides or acts lives here."""


class EstateError(Exception):
    """Something the estate could not do; the text names the thing and its value."""


class AlreadyRunningError(EstateError):
    """An estate is running in that folder, so a second one is not started there."""


class NotRunningError(EstateError):
    """There is no running estate in that folder."""


class UnknownNameError(EstateError):
    """A service, version, switch or job that this estate does not have."""


class UnhealthyError(EstateError):
    """A process was started and did not become healthy in time."""


class BusyError(EstateError):
    """Another job is at work on the same service."""


class MalformedError(EstateError):
    """A file or an answer is not of the shape its reader was promised."""
