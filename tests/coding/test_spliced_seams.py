"""Where people's quotations are joined in pairs, the joint is a segment boundary."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REPORT = ROOT / ".." / "shared" / "qi-hour" / "report-part1.txt"


@pytest.mark.skipif(not REPORT.exists(), reason="the people's report is not beside this project")
def test_at_least_98_percent_of_seams_are_found_where_something_marks_them() -> None:
    """As `python evals/spliced.py` measures: a final mark, a line break, a slash, a plus, a mix."""
    ran = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, str(ROOT / "evals" / "spliced.py"), "--pairs", "1000", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    joiners = json.loads(ran.stdout)["joiners"]
    marked = {name: found["share"] for name, found in joiners.items() if name != "hard"}
    assert len(marked) == 5
    assert min(marked.values()) >= 0.98
