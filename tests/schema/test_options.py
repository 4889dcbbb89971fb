"""Options: what can't be meant is refused where it is given."""

import pytest
from pydantic import ValidationError

from secondcoder.errors import InputError
from secondcoder.schema.options import ModelOptions


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("localhost:1", "start it with http:// or https://"),
        ("127.0.0.1:8080/v1", "start it with http:// or https://"),
        ("example.org/v1", "start it with http:// or https://"),
        ("", "start it with http:// or https://"),
        ("ftp://example.org", "start it with http:// or https://"),
        ("file:///etc/hosts", "start it with http:// or https://"),
        ("http://", "write it like http://localhost:11434/v1"),
        ("http://:80/v1", "write it like http://localhost:11434/v1"),
        ("http://local host/v1", "write it like http://localhost:11434/v1"),
        ("http://localhost:port/v1", "not an address"),
        ("http://[::1/v1", "not an address"),
    ],
)
def test_an_address_that_is_none_is_an_input_error(address: str, sentence: str) -> None:
    """The sentence begins with what was given and says what to write."""
    with pytest.raises(InputError) as raised:
        ModelOptions(base_url=address)
    assert str(raised.value).startswith(f"--base-url {address}: ")
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    "address", [None, "http://localhost:11434/v1", "https://api.openai.com/v1", "HTTP://[::1]:1/v1"]
)
def test_an_address_of_the_web_is_kept_as_it_is(address: str | None) -> None:
    """None is the provider's own."""
    assert ModelOptions(base_url=address).base_url == address


def test_the_first_version_of_the_prompt_is_the_default() -> None:
    """Versions are counted from 1."""
    assert ModelOptions().prompt_version == 1
    with pytest.raises(ValidationError, match="prompt_version"):
        ModelOptions(prompt_version=0)
