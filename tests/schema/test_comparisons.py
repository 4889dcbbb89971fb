"""Scores and confusions are stored as they are."""

from secondcoder.schema.comparisons import Confusion, Scores, ThemeScores
from secondcoder.schema.statistics import Statistic, Undefined


def test_scores_survive_json_with_what_is_undefined() -> None:
    """A theme the reference never gave has no recall, and still has a row."""
    one = Statistic(name="precision of a", value=0.5, n_units=4)
    none = Undefined(name="recall of a", reason="the reference gave no theme", n_units=4)
    of = ThemeScores(theme="a", precision=one, recall=none, f1=one)
    scores = Scores(per_theme=(of,), micro=of, macro=of)
    assert Scores.model_validate_json(scores.model_dump_json()) == scores


def test_a_confusion_survives_json() -> None:
    """None, the last theme, stands for no theme."""
    table = Confusion(
        themes=("a", 2, None), counts=((1, 0, 0), (0, 0.5, 0.5), (0, 0, 0)), n_units=2
    )
    again = Confusion.model_validate_json(table.model_dump_json())
    assert again == table
    assert again.themes[-1] is None
