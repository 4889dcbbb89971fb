"""Every error the library raises on purpose.

A message says what is wrong, where, and what to do. `InputError` is the user's to fix,
`ProviderError` is the outside world, `StoreError` is the file on disk; `exit_code` is what the
command line ends with.
"""

from typing import ClassVar


class SecondCoderError(Exception):
    """Base of every error raised on purpose."""

    exit_code: ClassVar[int] = 1

    # typing.override, which mypy asks for here, needs Python 3.12.
    def __reduce__(self) -> tuple[object, ...]:  # type: ignore[explicit-override]
        """Return what pickle needs: an error of a worker process reaches its starter as it was.

        Python's own way calls the class with the message alone, and some take more than that.
        """
        return _rebuilt, (type(self), self.args, dict(self.__dict__))


class InputError(SecondCoderError):
    """Something the user gave can't be used; the message says what to change."""

    exit_code = 2


class IngestError(InputError):
    """A file of posts or a report can't be read."""


class CodebookError(InputError):
    """A codebook contradicts itself or its file can't be read."""


class PromptError(InputError):
    """A prompt template is missing, or a variable of it is."""


class CodingsError(InputError):
    """Codings can't be read, or contradict the posts they are about."""


class MissingExtraError(InputError):
    """An optional part is not installed; the message names the extra."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs an optional part: pip install 'secondcoder[{extra}]', then try again"
        )
        self.extra = extra


class ProviderError(SecondCoderError):
    """The model's server did not do what was asked."""

    exit_code = 3


class TransientProviderError(ProviderError):
    """A fault that may heal: a time-out, a dropped connection, 429, 5xx."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PermanentProviderError(ProviderError):
    """A fault that will not heal by asking again: no key, a wrong key, an unknown model."""


class OutageError(ProviderError):
    """The provider was down for longer than the run had patience; what was answered is kept."""


class BudgetError(SecondCoderError):
    """The next request might cost more than was allowed; what was answered is kept."""

    exit_code = 5


class WorkerLostError(ProviderError):
    """The process that coded a shard died, again and again; what was answered is kept."""


class ResponseError(SecondCoderError):
    """A reply broke its schema; `raw` keeps what came."""

    def __init__(self, message: str, *, raw: str) -> None:
        super().__init__(message)
        self.raw = raw


class StoreError(SecondCoderError):
    """A file of results can't be written or trusted."""

    exit_code = 4


class StoreVersionError(StoreError):
    """A file was written by a newer version than this one."""


def _rebuilt(
    kind: type[SecondCoderError], args: tuple[object, ...], state: dict[str, object]
) -> SecondCoderError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error
