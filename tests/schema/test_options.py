"""Options: what can't be meant is refused where it is given."""

import pytest
from pydantic import ValidationError

from secondcoder.coding.prompts import load_template
from secondcoder.coding.requests import LINES
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


@pytest.mark.parametrize(
    "address",
    [
        "http://me:hush@localhost:1/v1",
        "http://localhost:1/v1?key=hush",
        "http://localhost:1/v1#hush",
    ],
)
def test_an_address_with_a_secret_is_refused_without_repeating_it(address: str) -> None:
    """It would stand in ledger and codings."""
    with pytest.raises(InputError, match="OPENAI_API_KEY") as raised:
        ModelOptions(base_url=address)
    assert str(raised.value).startswith("--base-url http://localhost:1/v1: ")
    assert "hush" not in str(raised.value)


def test_the_prompt_with_replies_in_lines_is_the_default() -> None:
    """Versions are counted from 1."""
    template = load_template("code-posts", version=ModelOptions().prompt_version)
    assert template.front.reply_model == LINES
    with pytest.raises(ValidationError, match="prompt_version"):
        ModelOptions(prompt_version=0)
