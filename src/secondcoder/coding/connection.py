"""The connection to a provider: its SDK, told to go to one endpoint and never to try again itself.

`OPENAI_BASE_URL` is ignored and redirects are not followed, so nothing in the environment sends
words elsewhere; a proxy set by the usual variables is used, except for servers on this machine.
"""

import os
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import instructor
import openai
from instructor.core.exceptions import ConfigurationError
from instructor.v2.auto_client import supported_providers
from pydantic import SecretStr

from secondcoder.coding.bodies import INSTRUCTOR_MODES
from secondcoder.coding.endpoints import NO_KEY, OPENAI_URL, Settings
from secondcoder.coding.faults import Endpoint, no_key
from secondcoder.coding.posting import Posting
from secondcoder.coding.transport import Transport
from secondcoder.errors import InputError, PermanentProviderError

# Any: what the SDKs hand over differs from provider to provider and is checked where it is read.

Heard = Callable[[Mapping[str, str]], None]
"""Told the headers of every response, whatever its status."""


class Connection(NamedTuple):
    """A provider's SDK, ready to ask one model."""

    sdk: Any
    clients: dict[str, Any]
    """An instructor client per mode; empty where the SDK itself is asked."""
    endpoint: Endpoint
    posting: Posting | None = None
    """Where the endpoint speaks OpenAI's language, so that no translator is needed."""


class _Answered(Protocol):
    """What the HTTP library beneath an SDK hands over, as far as it is looked at."""

    @property
    def headers(self) -> Mapping[str, str]: ...


def provider_and_name(settings: Settings) -> tuple[str, str]:
    """Return whose language the endpoint speaks, and the model's name there.

    >>> from secondcoder.schema.options import ModelOptions
    >>> provider_and_name(Settings("openai/gpt-5-mini", ModelOptions()))
    ('openai', 'gpt-5-mini')

    Raises:
        InputError: If the model's name names no provider.
    """
    provider, _, name = settings.model.partition("/")
    if settings.base_url is not None and (not name or provider not in supported_providers):
        return "openai", settings.model
    if provider not in supported_providers or not name:
        raise InputError(
            f"'{settings.model}' names no provider: write openai/{settings.model}, or another of "
            f"{', '.join(supported_providers)}; or give --base-url for a server of your own"
        )
    return provider, name


def connected(settings: Settings, heard: Heard) -> Connection:
    """Return the SDK of the provider whose model is asked for, and where it goes.

    A missing key is a `PermanentProviderError`.

    Args:
        settings: How to reach the model.
        heard: Told what every response says of limits, where the SDK is OpenAI's.

    Raises:
        InputError: If the provider's package is not installed, or can't do what is asked.
    """
    provider, name = provider_and_name(settings)
    if provider == "openai":
        return _openai(name, settings, heard)
    variable = f"{provider.upper()}_BASE_URL"
    if settings.base_url is None and variable in os.environ and provider != "databricks":
        raise InputError(
            f"{variable} is set and would send posts elsewhere than to {provider}: unset it, or "
            f"give its address as --base-url"
        )
    options: dict[str, Any] = {} if settings.api_key is None else {"api_key": settings.api_key}
    try:
        clients = {
            mode: instructor.from_provider(
                settings.model, async_client=True, cache=None, mode=wanted, **options
            )
            for mode, wanted in INSTRUCTOR_MODES.items()
        }
    except (ConfigurationError, ImportError) as error:
        kind = PermanentProviderError if "is not set" in str(error) else InputError
        raise kind(f"the provider {provider} can't be used: {error}") from error
    sdk: Any = clients["tools"].client
    for client in clients.values():
        _set(client.client, "max_retries", 0)
        _set(client.client, "timeout", settings.options.timeout_s)
        if settings.base_url is not None and not _set(client.client, "base_url", settings.base_url):
            raise InputError(f"the provider {provider} takes no --base-url; leave it out")
    url = str(getattr(sdk, "base_url", provider))
    key = key_to_hand_on(settings)
    return Connection(sdk, clients, Endpoint(url, name, f"{provider.upper()}_API_KEY", key))


def key_to_hand_on(settings: Settings) -> SecretStr | None:
    """Return the key a worker on another machine must be given; None: there is none here."""
    if settings.options.api_key is not None:
        return settings.options.api_key
    key = os.environ.get(f"{provider_and_name(settings)[0].upper()}_API_KEY")
    return SecretStr(key) if key else None


def _openai(name: str, settings: Settings, heard: Heard) -> Connection:
    """Return what `connected` does for OpenAI and every server that speaks its language.

    Raises:
        PermanentProviderError: If OpenAI's own endpoint is asked without a key.
    """
    url = settings.base_url or OPENAI_URL
    key = settings.api_key or os.environ.get("OPENAI_API_KEY")
    endpoint = Endpoint(url, name, "OPENAI_API_KEY", SecretStr(key) if key else None)
    if not key and settings.base_url is None:
        raise PermanentProviderError(no_key(endpoint))
    is_local = urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}

    async def answered(response: _Answered) -> None:
        heard(response.headers)

    # Proxies are the SDK's own transport's business.
    transport = Transport() if is_local or not urllib.request.getproxies() else None
    sdk = openai.AsyncOpenAI(
        api_key=key or NO_KEY,
        base_url=url,
        max_retries=0,
        timeout=settings.options.timeout_s,
        http_client=openai.DefaultAsyncHttpxClient(
            follow_redirects=False,
            trust_env=not is_local,
            transport=transport,
            timeout=settings.options.timeout_s,
            event_hooks={"response": [answered]},
        ),
    )
    return Connection(sdk, {}, endpoint, Posting(sdk, transport, heard))


def _set(sdk: object, name: str, value: object) -> bool:
    """Set an option of an SDK's client, if it has it; return whether it had."""
    if not hasattr(sdk, name):
        return False
    setattr(sdk, name, value)
    return True
