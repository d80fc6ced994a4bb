"""The error tree. Our fault, their fault and "not there" are different types."""


class KioskError(Exception):
    """Root of every error this program raises itself."""


class ConfigError(KioskError, ValueError):
    """Error raised when the configuration cannot be used; carries every fault found.

    Attributes:
        faults: one sentence each: where, what, and what to do.
    """

    def __init__(self, faults: "list[str]") -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class DeviceError(KioskError, OSError):
    """Error raised when a device cannot be opened or has stopped answering. Always worth another try."""


class StoreError(KioskError):
    """Error raised when the store cannot keep what it was given."""


class StoreLockedError(StoreError):
    """Error raised when another process holds the store."""


class BackendUnavailable(KioskError, ConnectionError):
    """Error raised when the server gave no usable answer: network, time-out, 5xx, nonsense. Worth another try."""


class BackendUnreadable(BackendUnavailable):
    """Error raised when the server answers something that it did not use to. A person has to look into it."""


class NotAuthorised(KioskError, PermissionError):
    """Error raised when the server does not accept this terminal. A person has to act."""
