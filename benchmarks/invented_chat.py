"""Chats for benchmarks: the example chat, repeated with new ids, times and words mixed in."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "examples" / "improvement-chat"


def write_chat(path: Path, n_posts: int, seed: int) -> None:
    """Write a chat of about so many posts: the example's, again and again, words shuffled."""
    rng = random.Random(seed)  # noqa: S311  # invented posts, nothing secret
    with (EXAMPLE / "chat.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    words = [word for row in rows for word in row["text"].split() if word.isalpha()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        for number in range(n_posts):
            row = dict(rows[number % len(rows)])
            copy = number // len(rows)
            if copy:
                later = timedelta(seconds=rng.randrange(3000))
                asked = datetime.fromisoformat(rows[15]["created_at"])
                row |= {
                    "id": f"{copy}{row['id']}",
                    "in_reply_to": row["in_reply_to"] and f"{copy}{row['in_reply_to']}",
                    "author": f"{row['author']}{copy}",
                    "created_at": (asked + later).isoformat(),
                    "text": f"{row['text']} {' '.join(rng.sample(words, 4))}",
                }
            writer.writerow(row)
