"""The hashtag of a chat: the one that most of its posts bear."""

import re
from collections import Counter

from secondcoder.schema.chat import Post

HASHTAG_SHARE = 0.3
"""Share of posts from which the most frequent hashtag is taken for the chat's. Our choice."""
_HASHTAG = re.compile(r"#(?<![\w&]#)(\w*[^\W\d_]\w*)")
"""What must not stand in front is looked at behind the sign: signs are found faster than places."""


class HashtagCount:
    """Counts hashtags as posts pass."""

    def __init__(self) -> None:
        self._n_posts = 0
        self._bearing: Counter[str] = Counter()
        self._written: Counter[str] = Counter()

    def add(self, post: Post) -> None:
        """Count the hashtags of a post, each once."""
        self._n_posts += 1
        found = set(_HASHTAG.findall(post.text))
        # One by one: to begin with `update` takes longer than the few there are.
        for name in found:
            self._written[name] += 1
        for name in {name.casefold() for name in found}:
            self._bearing[name] += 1

    def common(self) -> str | None:
        """Return the hashtag most posts bear, as most often written; None below 30 % or in a tie.

        >>> count = HashtagCount()
        >>> count.add(Post(id="1", text="Tea #Chat"))
        >>> count.common()
        'Chat'
        """
        best = self._bearing.most_common(2)
        if not best or best[0][1] < HASHTAG_SHARE * self._n_posts:
            return None
        if len(best) > 1 and best[1][1] == best[0][1]:
            return None
        forms = [name for name in self._written if name.casefold() == best[0][0]]
        return max(forms, key=lambda name: self._written[name])
