"""The plan in the documents is what its command prints, by the arithmetic of its inputs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "benchmarks" / "scale_plan.py"


def printed(*words: str) -> str:
    """Return what the script prints."""
    ran = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=True
    )
    return ran.stdout


@pytest.mark.parametrize("words", [(), ("--pack", "1")])
def test_the_plan_in_the_documents_is_what_the_command_prints(words: tuple[str, ...]) -> None:
    """To the letter, so that no number stands there that nothing measured."""
    assert printed(*words) in (ROOT / "docs" / "scale.md").read_text("utf-8")


def test_the_plan_is_the_arithmetic_of_its_inputs(tmp_path: Path) -> None:
    """By hand: 800 posts in 2 chats, half of them asked about, four a request."""
    size = {
        "posts_asked": 50,
        "worker_peak_mb": 200.0,
        **{f"{name}_bytes_per_post": 1e9 for name in ("chat", "posts", "codings", "ledger")},
        "output_bytes_per_post": 2e9,
    }
    small = {
        **size,
        "driver_peak_mb": 1024.0,
        "posts": 100,
        "requests": 25,
        "driver_cpu_s": 1.0,
        "workers_cpu_s": 10.0,
    }
    large = {
        **size,
        "driver_peak_mb": 1025.0,
        "posts": 200,
        "requests": 25,
        "driver_cpu_s": 2.0,
        "workers_cpu_s": 30.0,
    }
    large["posts_asked"] = 100
    cost = {
        "model": "m",
        "prices": "p",
        "prompt_tokens_per_1000_posts": 5e9,
        "completion_tokens_per_1000_posts": 1e9,
        "usd_per_1000_posts": 10.0,
    }
    found = [
        {"command": f"--coder {coder} --pack 8 ", "sizes": [small, large], "cost": cost}
        for coder in ("model", "embedded")
    ]
    measured = tmp_path / "measured.json"
    measured.write_text(json.dumps(found), "utf-8")
    words = "--posts 800 --chat-posts 400 --shard-posts 100 --workers 5 --endpoints 2"
    table = printed(*words.split(), "--in-flight=1", "--latency=4", f"--measured={measured}")
    rows = dict(re.findall(r"^\| (.+?) \| (.+) \|$", table, re.MULTILINE))
    assert rows["posts"] == "800, in 2 chats of 400"
    assert rows["shards"] == "8 of 100 posts"
    assert rows["asked about"].startswith("400 posts (50.0%)")
    assert rows["requests"] == "100, 4.0 posts each"
    assert rows["endpoints"].endswith("0.5 requests per s")
    assert rows["workers' processor time"] == "0.044 core hours; 0.8 cores keep up"
    assert rows["driver's processor time"] == "0.0022 core hours; 0.04 drivers at once keep up"
    assert rows["driver's memory"] == "1.0 GB for a chat of 400 (10,486 bytes per post)"
    assert rows["a shard takes"] == "2.1 min of one of 5 workers"
    assert rows["disk: ledgers"] == "800 GB"
    assert rows["disk: codings.jsonl"] == "1,600 GB"
    assert rows["tokens"] == "4.0 + 0.8 billion, in + out"
    assert rows["at the price of m"] == "8 USD (p)"
