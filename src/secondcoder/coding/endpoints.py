"""Endpoints: where a model is reached, and what of that decides what its name means."""

from typing import NamedTuple
from urllib.parse import urlsplit

from secondcoder.schema.options import ModelOptions

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none-needed"
"""Sent in a key's place to servers that need none, and to an address behind a coder's name."""


class Settings(NamedTuple):
    """Which model, how to reach it, and how long to pause between attempts."""

    model: str
    """`openai/gpt-5-mini`, another provider's name, or a server's own with a base URL."""
    options: ModelOptions
    backoff_s: float = 0.5
    """Longest first pause between attempts; it doubles."""

    @property
    def base_url(self) -> str | None:
        """Return the endpoint that was named."""
        return self.options.base_url

    @property
    def api_key(self) -> str | None:
        """Return the key that was given, or None for the environment's."""
        key = self.options.api_key
        return key.get_secret_value() if key is not None else None


def endpoint_url(settings: Settings) -> str | None:
    """Return the endpoint, or None where only the provider's own SDK knows it.

    >>> endpoint_url(Settings("openai/gpt-5-mini", ModelOptions()))
    'https://api.openai.com/v1'
    """
    default = OPENAI_URL if settings.model.startswith("openai/") else None
    return settings.base_url or default


def foreign_endpoint(settings: Settings) -> str | None:
    """Return the endpoint if it is not the provider's own: what a name means there, it decides.

    >>> foreign_endpoint(Settings("openai/m", ModelOptions(base_url="http://LOCALHOST:1/v1/")))
    'http://localhost:1/v1'
    """
    if settings.base_url is None:
        return None
    parts = urlsplit(settings.base_url.rstrip("/"))
    url = parts._replace(netloc=parts.netloc.lower()).geturl()
    is_own = settings.model.startswith("openai/") and url == OPENAI_URL
    return None if is_own else url
