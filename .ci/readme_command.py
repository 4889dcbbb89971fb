"""Print a command of the README, so that CI runs what the README says and nothing else.

A command is the fenced block that follows the line `<!-- command: NAME -->`.
"""

import re
import sys
from pathlib import Path


def main() -> None:
    """Print the command named on the command line, or end with an error."""
    name = sys.argv[1]
    readme = Path(__file__).parent.parent.joinpath("README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- command: {name} -->\s*```(?:sh|bash)\n(.*?)```", readme, re.DOTALL)
    if found is None:
        sys.exit(f"README.md has no command marked '{name}'")
    sys.stdout.write(found[1].strip() + "\n")


main()
