"""Why a file or a row is not taken."""


class ReasonError(Exception):
    """Why something is not taken: a message to translate, and its parameters."""

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(reason % params if params else reason)
        self.reason = reason
        self.params = params


class RefusedError(ReasonError):
    """The whole file is not taken."""
