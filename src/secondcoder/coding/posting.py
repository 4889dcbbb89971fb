"""Posting: chat completions sent as the SDK sends them, without asking it anew for each.

The address, the headers and the time limits of a run's requests are all the same, and making them
takes the SDK more processor time than all else that is done for a request
(`benchmarks/throughput.py`; docs/decisions has the figures). So the SDK sends what comes before the
first answer, and what follows goes out as that did, with another body.
"""

import json
from collections.abc import Callable, Mapping

import httpx2
import openai

from secondcoder.coding.transport import Answered, Transport

_PATH = "/chat/completions"


class Posting:
    """Posts the bodies of chat completions to one endpoint, for the length of a run."""

    def __init__(
        self,
        sdk: openai.AsyncOpenAI,
        transport: Transport | None,
        heard: Callable[[Mapping[str, str]], None],
    ) -> None:
        """Start with the SDK.

        Args:
            sdk: Ready to post; it tells `heard` itself.
            transport: What is beneath it; None: some other, and everything is left to the SDK.
            heard: Told the headers of every other response, whatever its status.
        """
        self._sdk = sdk
        self._transport = transport
        self._heard = heard
        self._first: httpx2.Request | None = None
        self._headers: list[tuple[str, str]] = []

    async def post(self, body: bytes) -> httpx2.Response | Answered:
        """Return the answer, which is a success.

        Args:
            body: The JSON object that is posted, written as the SDK writes it.

        Raises:
            APIConnectionError: If there is none.
            APITimeoutError: If there is none in time.
            APIStatusError: If it is no success. All three as the SDK would raise them.
        """
        if self._first is None or self._transport is None:
            answer = await self._sdk.post(_PATH, cast_to=httpx2.Response, body=json.loads(body))
            self._first = answer.request
            self._headers = [
                (name, value)
                for name, value in answer.request.headers.multi_items()
                if name != "content-length"
            ]
            return answer
        try:
            answered = await self._transport.answer(self._first, self._headers, body)
        except httpx2.TimeoutException as error:
            raise openai.APITimeoutError(request=self._first) from error
        except httpx2.TransportError as error:
            raise openai.APIConnectionError(request=self._first) from error
        self._heard(answered.headers)
        if answered.is_plain_success:
            return answered
        answer = answered.response(self._first)
        if not answer.is_success:
            message, said = _refusal(answer)
            raise openai.APIStatusError(message, response=answer, body=said)
        return answer


def _refusal(answer: httpx2.Response) -> tuple[str, object]:
    """Return what the SDK says of an answer that is no success, and takes for its body."""
    text = answer.text.strip()
    try:
        body = json.loads(text)
    except ValueError:
        return text or f"Error code: {answer.status_code}", text
    said = body.get("error", body) if isinstance(body, dict) else body
    return f"Error code: {answer.status_code} - {body}", said
