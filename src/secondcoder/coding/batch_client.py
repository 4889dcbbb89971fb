"""The batch client: files up, batches made, looked at and cancelled, results down.

It speaks OpenAI's Batch API by the SDK that ordinary requests use, to the same one endpoint.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final, NoReturn, Self, TypeVar

import openai
from openai.types import Batch as OpenAIBatch
from pydantic import ValidationError
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from secondcoder.coding.connection import connected, provider_and_name
from secondcoder.coding.endpoints import Settings
from secondcoder.coding.faults import error_of, said, status_of
from secondcoder.errors import (
    InputError,
    PermanentProviderError,
    ResponseError,
    TransientProviderError,
)
from secondcoder.schema.batches import Batch, ProviderBatch

# Any: the SDK's page of batches is generic in a way its stubs don't carry through.

ENDPOINT: Final = "/v1/chat/completions"
"""What the requests of our batches ask for, as the Batch API names it."""
_METADATA = "secondcoder_batch"
"""Under which a batch keeps our id of it: an upload that nobody recorded is found by it."""
_TRANSFER_S = 600.0
"""What a file of 200 MB may take between two signs of life."""
_CLOCKS_DIFFER = timedelta(days=1)
"""What was made longer than this before a batch was planned can't be that batch."""
_PAGE = 100
_ABSENT = frozenset({404, 405, 501})

T = TypeVar("T")


def refuse_batchless(settings: Settings) -> None:
    """Refuse a provider that takes no batches.

    Args:
        settings: How to reach the model.

    Raises:
        InputError: If the provider's language is not OpenAI's.
    """
    provider, _ = provider_and_name(settings)
    if provider != "openai":
        raise InputError(
            f"--batch speaks OpenAI's Batch API, which {provider} has not; leave out --batch, "
            f"or name a server that has it with --base-url"
        )


class NoBatchesError(PermanentProviderError):
    """The server has no Batch API, or not what was asked for."""


class BatchClient:
    """The Batch API at one endpoint; an asynchronous context manager."""

    def __init__(self, settings: Settings) -> None:
        """Prepare; nothing is sent yet.

        Args:
            settings: How to reach the model. A missing key is a `PermanentProviderError`, a
                provider whose language is not OpenAI's an `InputError`.
        """
        refuse_batchless(settings)
        self._settings = settings
        connection = connected(settings, lambda _: None)
        self.endpoint = connection.endpoint
        self._sdk: openai.AsyncOpenAI = connection.sdk
        self._reached = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._sdk.close()

    async def submit(self, batch: Batch, content: Callable[[], bytes]) -> ProviderBatch:
        """Return a batch as the provider has it, made of a file if it is not there yet.

        Made again after a kill, a dropped connection or a fault of the server, it is still one
        batch: before any attempt the provider's batches are looked through for our id.

        Args:
            batch: What is planned; the provider keeps our id of it as metadata.
            content: Makes the file, one JSON object per line, if it is needed.
        """
        return await self._tried(lambda: self._found_or_made(batch, content))

    async def find(self, batch: Batch) -> ProviderBatch | None:
        """Return a batch as the provider has it, if it was submitted at all."""
        return await self._tried(lambda: self._found(batch))

    async def look(self, provider_id: str) -> ProviderBatch:
        """Return how a batch stands."""
        return await self._tried(lambda: self._looked(provider_id))

    async def cancel(self, provider_id: str) -> ProviderBatch:
        """Ask for a batch to be cancelled; return how it stands, whether or not it had ended."""
        return await self._tried(lambda: self._cancelled(provider_id))

    async def results(self, file_id: str) -> bytes:
        """Return a result file whole: one JSON object per line, in no particular order.

        The key is taken out of it: a server may repeat what it was sent.
        """

        async def fetch() -> bytes:
            content = (await self._sdk.files.content(file_id, timeout=_TRANSFER_S)).content
            return self.endpoint.without_key_in(content)

        return await self._tried(fetch)

    async def _found_or_made(self, batch: Batch, content: Callable[[], bytes]) -> ProviderBatch:
        found = await self._found(batch)
        if found is not None:
            return found
        file_id = await self._uploaded(batch)
        if file_id is None:
            name = _file_name(batch)
            file = await self._sdk.files.create(
                file=(name, content(), "application/jsonl"), purpose="batch", timeout=_TRANSFER_S
            )
            file_id = file.id
        made = await self._sdk.batches.create(
            input_file_id=file_id,
            endpoint=ENDPOINT,
            completion_window="24h",
            metadata={_METADATA: batch.id},
        )
        return self._told(made)

    async def _found(self, batch: Batch) -> ProviderBatch | None:
        pages: Any = self._sdk.batches.list(limit=_PAGE)
        async for each in pages:  # the newest first
            if (each.metadata or {}).get(_METADATA) == batch.id:
                return self._told(each)
            if each.created_at < (batch.planned_at - _CLOCKS_DIFFER).timestamp():
                break
        return None

    async def _uploaded(self, batch: Batch) -> str | None:
        """Return the id of a file that was uploaded by a process that then ended."""
        pages: Any = self._sdk.files.list(purpose="batch", limit=_PAGE, order="desc")
        async for file in pages:
            if file.filename == _file_name(batch):
                return str(file.id)
            if file.created_at < (batch.planned_at - _CLOCKS_DIFFER).timestamp():
                break
        return None

    async def _looked(self, provider_id: str) -> ProviderBatch:
        return self._told(await self._sdk.batches.retrieve(provider_id))

    async def _cancelled(self, provider_id: str) -> ProviderBatch:
        try:
            return self._told(await self._sdk.batches.cancel(provider_id))
        except (openai.ConflictError, openai.BadRequestError):
            # It has ended meanwhile.
            return await self._looked(provider_id)

    async def _tried(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return what a call returns; faults that can heal are tried again."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(TransientProviderError),
            wait=wait_random_exponential(multiplier=self._settings.backoff_s, max=30),
            stop=stop_after_attempt(self._settings.options.max_attempts),
            reraise=True,
        )
        return await retrying(self._once, call)

    async def _once(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            found = await call()
        except openai.OpenAIError as error:
            self._refuse(error)
        self._reached = True
        return found

    def _refuse(self, error: openai.OpenAIError) -> NoReturn:
        """Raise our error for one of the SDK's.

        Raises:
            NoBatchesError: If the server answers that there is no such thing.
            PermanentProviderError: If nothing can be sent before something is mended.
        """
        at = self.endpoint
        status = status_of(error)
        self._reached = self._reached or status is not None
        ours = error_of(error, at, reached=self._reached)
        if status in _ABSENT:
            raise NoBatchesError(
                f"{at.url} has no Batch API, or not what was asked for ({status}: "
                f"{said(str(getattr(error, 'message', error)))}); leave out --batch, or check "
                f"--base-url"
            ) from error
        if ours is None or isinstance(ours, ResponseError):
            raise PermanentProviderError(f"{at.url} refused the batch: {ours or error}") from error
        raise ours from error

    def _told(self, batch: OpenAIBatch) -> ProviderBatch:
        """Return what the provider says of a batch.

        Raises:
            PermanentProviderError: If it says what the Batch API has no word for.
        """
        counts, errors = batch.request_counts, (batch.errors.data if batch.errors else None) or []
        said = "; ".join(error.message or error.code or "" for error in errors)
        try:
            return ProviderBatch(
                id=batch.id,
                status=batch.status,
                output_file_id=batch.output_file_id,
                error_file_id=batch.error_file_id,
                n_completed=(counts.completed + counts.failed) if counts else 0,
                expires_at=datetime.fromtimestamp(batch.expires_at, UTC)
                if batch.expires_at
                else None,
                error_code=next((error.code or "" for error in errors), ""),
                error=self.endpoint.without_key(said) or None,
            )
        except ValidationError as error:
            raise PermanentProviderError(
                f"the batch {batch.id} is told of in words that are not the Batch API's: {error}"
            ) from error


def _file_name(batch: Batch) -> str:
    return f"secondcoder-{batch.id}.jsonl"
