"""Faults: what a provider's error means, and the one sentence a person needs."""

import ast
import email.utils
import json
import re
import time
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from typing import NamedTuple

from pydantic import SecretStr

from secondcoder.errors import (
    PermanentProviderError,
    ProviderError,
    ResponseError,
    TransientProviderError,
)


class RejectedError(ResponseError):
    """The server refuses this very request: too long, filtered, or a form it doesn't know."""


class CutOffError(ResponseError):
    """The reply ended at the limit of its length."""


class RefusalError(ResponseError):
    """The model declined to answer; `raw` holds what it said instead."""


class ServerFaultError(TransientProviderError):
    """The server broke down over the request (500): it may heal, or the form may be to blame."""


class OverloadedError(TransientProviderError):
    """The server turned the request away for now (429, 503): it wants fewer at once."""


class TimedOutError(TransientProviderError):
    """The server was reached and did not answer in time."""


class Endpoint(NamedTuple):
    """Where a request went, for messages."""

    url: str
    model: str
    key_variable: str
    key: SecretStr | None = None

    def without_key(self, text: str) -> str:
        """Return the text without the key: some servers repeat what they were sent.

        >>> Endpoint("http://here/v1", "m", "KEY", SecretStr("abc")).without_key("bad key: abc")
        'bad key: [key]'
        """
        key = self.key.get_secret_value() if self.key is not None else ""
        return text.replace(key, "[key]") if key else text

    def without_key_in(self, content: bytes) -> bytes:
        """Return what `without_key` does, of a file."""
        key = self.key.get_secret_value().encode() if self.key is not None else b""
        return content.replace(key, b"[key]") if key else content


class HttpFault(NamedTuple):
    """An answer of a server that is not a reply."""

    status: int
    message: str
    code: str = ""
    headers: Mapping[str, str] = {}


_LONGEST_WAIT_S = 120.0
"""A server that asks for more than this is waited for this long: runs can be resumed."""

_WRAPPED = re.compile(r"Error code: \d+ - (?P<body>.*)", re.DOTALL)
"""As OpenAI's SDK writes what a server answered: the whole body, as Python would print it."""
_PAGE = re.compile(r"<html\b.*?<title>(?P<title>.*?)</title>", re.DOTALL | re.IGNORECASE)
_LONGEST_SAID = 200
"""Characters of a reply that an error quotes."""


def fault_of(fault: HttpFault, at: Endpoint) -> ProviderError | ResponseError:
    """Return the error an HTTP status means: heals, never heals, or about this request alone."""
    what = f"{fault.code} {fault.message}".lower()
    for statuses, hints, make in _RULES:
        if fault.status in statuses and (not hints or any(hint in what for hint in hints)):
            return make(fault, at)
    return _rejected(fault, at)


def error_of(error: BaseException, at: Endpoint, *, reached: bool) -> Exception | None:
    """Return our error for one of an SDK's, or None if it is not about the provider.

    SDKs differ in their classes, and in the HTTP library beneath; they share a status code and
    the names of what can go wrong with a connection.

    Args:
        error: What the SDK raised.
        at: Where the request went.
        reached: Whether the server has ever answered; a refused connection may then heal.
    """
    _hide_key(error, at)
    status = status_of(error)
    if status is not None:
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        code = str(getattr(error, "code", "") or "")
        message = str(getattr(error, "message", error))
        return fault_of(HttpFault(status, message, code, headers), at)
    cause = error.__cause__
    names = {type(error).__name__, type(cause).__name__}
    if names & {"ConnectError", "ConnectTimeout"} and not reached:
        return unreachable(at, str(cause) or "no answer")
    if names & {"APITimeoutError", "ReadTimeout", "ConnectTimeout", "TimeoutException"}:
        return TimedOutError(f"{at.url} gave no answer in time; give it longer with --timeout")
    if names & {"APIConnectionError", "ConnectError", "ReadError", "RemoteProtocolError"}:
        return TransientProviderError(f"{at.url} dropped the connection ({cause or error})")
    if isinstance(error, json.JSONDecodeError):
        return ResponseError("the server's answer is not JSON", raw=error.doc)
    return None


def _hide_key(error: BaseException, at: Endpoint) -> None:
    """Take the key out of an SDK's error: it is the cause of ours, and shown with it."""
    error.args = tuple(at.without_key(str(one)) for one in error.args)
    for name in ("message", "doc"):
        said = getattr(error, name, None)
        if isinstance(said, str):
            setattr(error, name, at.without_key(said))
    if getattr(error, "body", None) is not None:
        setattr(error, "body", None)  # noqa: B010  # no exception of Python's has one


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status an SDK's error carries, if a server answered at all."""
    for name in ("status_code", "code"):
        status = getattr(error, name, None)
        if isinstance(status, int):
            return status
    return None


def no_key(at: Endpoint) -> str:
    """Return what to say when a provider needs a key and there is none."""
    return (
        f"the model {at.model} needs a key: set the environment variable {at.key_variable}, or "
        f"give --base-url for a server of your own"
    )


def unreachable(at: Endpoint, cause: str) -> PermanentProviderError:
    """Return the error for a server that can't be reached at all."""
    return PermanentProviderError(
        f"can't reach {at.url} ({cause}): check that the server runs and that the address, with "
        f"its port and usually ending in /v1, is right"
    )


def hanging(at: Endpoint, timeout_s: float) -> str:
    """Return what to say of a server that takes requests and has never answered one."""
    return (
        f"{at.url} never answered: nothing came within {timeout_s:g} seconds, however often it was "
        f"asked; check that the server works, or give it longer with --timeout"
    )


def useless(at: Endpoint, n_posts: int, why: str, raw: str) -> PermanentProviderError:
    """Return the error for a server that answers, and never so that a post could be coded."""
    said = " ".join(raw.split())[:_LONGEST_SAID] or "nothing"
    return PermanentProviderError(
        f"{at.model} at {at.url} never gave a usable reply ({n_posts} posts were asked about); "
        f"last: {why}; it said: {said}. Try --mode json, another model, or another --base-url: "
        f"usually it ends in /v1"
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the server asks to wait, in seconds, at most two minutes.

    >>> retry_after_s({"retry-after": "2"})
    2.0
    """
    said = headers.get("retry-after-ms") or ""
    if said.replace(".", "", 1).isdecimal():
        return min(float(said) / 1000, _LONGEST_WAIT_S)
    said = headers.get("retry-after") or ""
    if said.replace(".", "", 1).isdecimal():
        return min(float(said), _LONGEST_WAIT_S)
    date = email.utils.parsedate_tz(said)
    if date is None:
        return None
    return min(max(0.0, email.utils.mktime_tz(date) - time.time()), _LONGEST_WAIT_S)


def said(message: str) -> str:
    """Return what a server said, out of what an SDK or a page wraps it in, on one line.

    >>> said("Error code: 503 - {'error': {'message': 'too busy', 'code': None}}")
    'too busy'
    >>> said("<html><title>Not here</title><body><p>Sorry</p></body></html>")
    'a page: Not here'
    """
    if (page := _PAGE.search(message)) is not None:
        return f"a page: {' '.join(page['title'].split())[:_LONGEST_SAID]}"
    if (wrapped := _WRAPPED.match(message)) is not None:
        message = wrapped["body"]
        with suppress(ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError):
            message = str(ast.literal_eval(message)["error"]["message"]) or message
    return " ".join(message.split())[:300] or "no explanation"


def _said(fault: HttpFault) -> str:
    return said(fault.message)


def _no_credit(fault: HttpFault, at: Endpoint) -> PermanentProviderError:
    return PermanentProviderError(f"the account at {at.url} has no credit left: {_said(fault)}")


def _wrong_key(fault: HttpFault, at: Endpoint) -> PermanentProviderError:
    return PermanentProviderError(
        f"{at.url} refused the key ({fault.status}): correct the environment variable "
        f"{at.key_variable} ({_said(fault)})"
    )


def _unknown_model(fault: HttpFault, at: Endpoint) -> PermanentProviderError:
    return PermanentProviderError(
        f"{at.url} knows no model '{at.model}', or the address is wrong ({fault.status}): correct "
        f"--coder or --base-url ({_said(fault)})"
    )


def _redirected(fault: HttpFault, at: Endpoint) -> PermanentProviderError:
    return PermanentProviderError(
        f"{at.url} redirects to {fault.headers.get('location', 'another address')}; posts are sent "
        f"to the address you name and no other: if you trust the new one, give it as --base-url"
    )


def _heals(fault: HttpFault, at: Endpoint) -> TransientProviderError:
    return TransientProviderError(
        f"{at.url} answered {fault.status}: {_said(fault)}",
        retry_after_s=retry_after_s(fault.headers),
    )


def _overloaded(fault: HttpFault, at: Endpoint) -> OverloadedError:
    return OverloadedError(
        f"{at.url} answered {fault.status}: {_said(fault)}",
        retry_after_s=retry_after_s(fault.headers),
    )


def _broke_down(fault: HttpFault, at: Endpoint) -> ServerFaultError:
    return ServerFaultError(f"{at.url} answered {fault.status}: {_said(fault)}")


def _rejected(fault: HttpFault, at: Endpoint) -> RejectedError:
    said = _said(fault)
    return RejectedError(f"{at.url} rejected the request ({fault.status}): {said}", raw=said)


_Rule = tuple[
    Container[int],
    tuple[str, ...],
    Callable[[HttpFault, Endpoint], ProviderError | ResponseError],
]
# The first rule that fits holds: statuses, words of which the message must hold one, the error.
_RULES: tuple[_Rule, ...] = (
    (range(300, 400), (), _redirected),
    ((402,), (), _no_credit),
    ((429,), ("insufficient_quota",), _no_credit),
    ((401, 403), (), _wrong_key),
    ((400,), ("api key", "api_key"), _wrong_key),
    ((400,), ("model_not_found", "model not found", "unknown model"), _unknown_model),
    ((404,), (), _unknown_model),
    ((429, 503, 529), (), _overloaded),
    ((408, 409, 425), (), _heals),
    (
        (500,),
        ("tool", "jinja", "response_format", "json_schema", "grammar", "not supported"),
        _rejected,
    ),
    ((500,), (), _broke_down),
    (range(502, 600), (), _heals),
)
