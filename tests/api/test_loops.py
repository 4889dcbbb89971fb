"""What runs around a run: the search for garbage goes round what was there before."""

import gc

from secondcoder.api.loops import settled_objects


def test_what_is_in_memory_is_left_out_of_the_search_for_garbage_meanwhile() -> None:
    """What came since is left out, too, when that is said."""
    often = gc.get_threshold()
    with settled_objects() as settle:
        assert gc.get_threshold()[0] > often[0]
        n_before = gc.get_freeze_count()
        more: list[list[int]] = [[] for _ in range(1000)]
        assert n_before > 1000
        settle()
        assert gc.get_freeze_count() >= n_before + len(more)
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == often


def test_what_the_program_around_leaves_out_stays_left_out() -> None:
    """A server that forks its workers does so, for their memory to stay shared."""
    gc.freeze()
    try:
        n_before = gc.get_freeze_count()
        with settled_objects() as settle:
            settle()
        assert gc.get_freeze_count() == n_before
    finally:
        gc.unfreeze()
