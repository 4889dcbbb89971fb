"""Code the example chat with a model behind any OpenAI-compatible server.

python examples/ask_a_model.py MODEL BASE_URL [FOLDER]

Such as `qwen3 http://localhost:11434/v1` for Ollama. Answers are kept in a ledger in the folder:
run it again, or after an interruption, and only what is missing is asked.
"""

import sys
from pathlib import Path

import secondcoder

EXAMPLE = Path(__file__).parent / "improvement-chat"


def main(model: str, base_url: str, folder: Path) -> None:
    """Write codings.jsonl into the folder, and print what became of the posts."""
    summary = secondcoder.code(
        EXAMPLE / "chat.csv",
        EXAMPLE / "codebook.yaml",
        coder=model,
        options=secondcoder.ModelOptions(base_url=base_url, concurrency=4),
        output=folder / "codings.jsonl",
    )
    usage = summary.run.usage
    print(f"{summary.n_posts} posts, {summary.n_quotes} quotes, {summary.n_failed} failed")
    print(f"{usage.n_requests} requests; {usage.n_reused} answers were in the ledger already")


main(sys.argv[1], sys.argv[2], Path(sys.argv[3] if len(sys.argv) > 3 else "."))  # noqa: PLR2004
