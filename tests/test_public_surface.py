"""What the package exposes, what it costs to import, and that commands match verbs."""

import subprocess
import sys

import pytest
from typer.main import get_command

import secondcoder
from secondcoder.cli.main import app

HEAVY = (
    "openai",
    "instructor",
    "numpy",
    "scipy",
    "sklearn",
    "openpyxl",
    "pyarrow",
    "jinja2",
    "genai_prices",
)


def loaded_after(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter holds after a statement."""
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    ran = subprocess.run(  # noqa: S603  # our own interpreter and script
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    return set(ran.stdout.split())


@pytest.mark.parametrize("name", secondcoder.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """`__all__` promises nothing the package lacks."""
    assert getattr(secondcoder, name) is not None


def test_nothing_else_is_offered() -> None:
    """`dir` shows the public names and no others; an unknown one is an AttributeError."""
    assert set(dir(secondcoder)) == set(secondcoder.__all__)
    with pytest.raises(AttributeError, match="no attribute 'annotate'"):
        _ = secondcoder.annotate


def test_importing_the_package_loads_nothing_heavy() -> None:
    """Not even pydantic: names are loaded when they are used."""
    assert loaded_after("import secondcoder").isdisjoint({*HEAVY, "pydantic"})


def test_the_commands_load_nothing_heavy_before_they_run() -> None:
    """`--help` pays for typer and rich alone."""
    assert loaded_after("import secondcoder.cli.main").isdisjoint(HEAVY)


def test_the_verbs_load_no_sdk_before_a_model_is_asked() -> None:
    """It takes a second, and the embedded coder needs none."""
    assert loaded_after("import secondcoder.api").isdisjoint({"openai", "instructor", "aiohttp"})


def test_every_verb_is_a_command_and_every_command_a_verb() -> None:
    """Reading and writing are arguments of the commands; the rest is one command each.

    What stands in a group is a verb and its object: `ledger show` is `show_ledger`.
    """
    command = get_command(app)
    commands = set()
    for name, each in getattr(command, "commands", {}).items():
        group = getattr(each, "commands", None)
        commands |= {name} if group is None else {f"{verb}_{name}" for verb in group}
    verbs = {
        name
        for name in secondcoder.__all__
        if name.islower() and not name.startswith(("read_", "write_", "_")) and name != "acode"
    }
    # `eval` is the better word, but Python has taken it for a function.
    # An estimate is `code --dry-run`, and submitting is `code --batch`: the same command, one word
    # longer.
    elsewhere = {"json_schema", "evaluate", "estimate", "submit_batch"}
    elsewhere |= {"estimate_proposal", "estimate_refinement", "estimate_report"}
    assert commands == (verbs - elsewhere) | {"schema", "eval"}
