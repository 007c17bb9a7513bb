"""Estimates and comparisons over tables of tallies."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebench import stats
from notebench.errors import NotebenchError, UnknownName

COLUMNS = ["session_id", "drafter", "metric", "amount", "out_of"]


def table(rows, **changes):
    """Tallies from (session, drafter, metric, amount, out_of)."""
    found = pd.DataFrame(rows, columns=COLUMNS)
    rest = {"workflow": "scribe", "format": "SOAP", "sample": 0, "section": "", "stratum": "//"}
    return found.assign(**{**rest, **changes})


def one(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def test_ratio_of_sums_not_mean_of_ratios():
    rows = [("s1", "a", "omission", 1, 1), ("s2", "a", "omission", 0, 9)]
    row = one(stats.estimate(table(rows)))
    assert (row.estimate, row.sessions, row.amount, row.out_of) == (0.1, 2, 1, 10)
    assert row.low < 0.1 < row.high and row.method == "wilson"


def test_groups_metrics_and_columns():
    rows = [(s, d, m, 1, 2) for s in "st" for d in "ab" for m in ("omission", "hallucination")]
    found = stats.estimate(table(rows), ["omission"], by=("drafter", "workflow"))
    assert list(found.columns) == [
        "metric", "drafter", "workflow", "estimate", "low", "high", "sessions", "amount", "out_of",
        "method",
    ]  # fmt: skip
    assert list(found.drafter) == ["a", "b"]
    assert len(stats.estimate(table(rows))) == 4
    assert one(stats.estimate(table(rows), "omission", by=())).out_of == 8


def test_undefined_is_nan_never_0():
    rows = [(s, "a", "verbosity.words_per_fact", 120, 0) for s in ("s1", "s2")]
    row = one(stats.estimate(table(rows)))
    assert all(map(math.isnan, (row.estimate, row.low, row.high)))
    mixed = one(stats.estimate(table([*rows, ("s3", "a", "verbosity.words_per_fact", 100, 10)])))
    assert mixed.estimate == 34  # words of notes that convey nothing still count


def test_a_single_session_gives_no_interval():
    for metric in ("omission", "review_time"):
        row = one(stats.estimate(table([("s", "a", metric, 1, 2)] * 3)))
        assert row.estimate == 0.5 and math.isnan(row.low) and math.isnan(row.high)


def test_a_share_of_0_keeps_an_interval_that_knows_of_clustering():
    clean = [(f"s{i}", "clean", "omission", 0, 10) for i in range(12)]
    alone = one(stats.estimate(table(clean)))
    assert alone.estimate == alone.low == 0
    trials, t = 120 / (1 + 9 * 0.2), 2.201  # a correlation of 0.2 assumed, 11 degrees of freedom
    assert alone.high == pytest.approx(t**2 / (trials + t**2), abs=1e-4)
    spread = [(f"s{i}", "other", "omission", 1 + i % 2, 10) for i in range(12)]
    beside = stats.estimate(table(clean + spread)).set_index("drafter").loc["clean"]
    assert beside.high == pytest.approx(t**2 / (120 + t**2), abs=1e-4)  # no clustering seen there
    assert stats.estimate(table(spread)).low[0] > 0


def test_methods():
    rows = [(f"s{i}", "a", "review_time", 60 + i, 1) for i in range(9)]
    assert one(stats.estimate(table(rows))).method == "bootstrap"
    few = one(stats.estimate(table(rows[:3])))
    # three numbers 60, 61, 62: mean 61, standard error 1/sqrt(3), t with two degrees of freedom
    assert few.method == "student"
    assert (few.low, few.high) == pytest.approx((61 - 4.3027 / 3**0.5, 61 + 4.3027 / 3**0.5), 1e-4)


def test_an_empty_table_and_a_metric_that_was_not_measurable():
    assert stats.estimate(pd.DataFrame([])).empty
    rows = table([("s", "a", "omission", 1, 2)])
    assert stats.estimate(rows, "restraint").empty
    with pytest.raises(UnknownName, match="'restraint'"):
        stats.estimate(rows, "restrant")


tallies = st.lists(
    st.tuples(
        st.sampled_from(["s1", "s2", "s3", "s4"]),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["omission", "review_time"]),
        st.floats(0, 5, width=32),
        st.floats(5, 9, width=32),
    ),
    min_size=1,
    max_size=30,
)


@given(tallies, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, rng):
    mixed = list(rows)
    rng.shuffle(mixed)
    options = {"n_boot": 100}
    pd.testing.assert_frame_equal(
        stats.estimate(table(rows), **options), stats.estimate(table(mixed), **options),
        check_exact=True,
    )  # fmt: skip


@given(tallies)
def test_shards_and_merged_rows_give_the_whole(rows):
    whole = stats.estimate(table(rows), n_boot=100)
    shards = [table([r for r in rows if r[0] in ids]) for ids in (("s1", "s3"), ("s2", "s4"))]
    together = stats.estimate(pd.concat(shards), n_boot=100)
    pd.testing.assert_frame_equal(whole, together, check_exact=True)
    keys = COLUMNS[:3]
    merged = table(rows).groupby(keys, as_index=False)[["amount", "out_of"]].sum()
    merged = table(merged.itertuples(index=False, name=None))
    pd.testing.assert_frame_equal(whole, stats.estimate(merged, n_boot=100))


def test_strata_from_the_stratum_column():
    strata = {"s1": "ocd/crisis/a+b", "s2": "ocd/routine/", "s3": "grief/routine/b"}
    rows = [(s, "x", "omission", i, 10) for i, s in enumerate(strata)]
    data = table(rows).assign(stratum=list(strata.values()))

    def sums(by):
        return stats.strata(data, "omission", by).set_index(by).out_of.to_dict()

    assert sums("problem") == {"ocd": 20, "grief": 10}
    assert sums("session_type") == {"crisis": 10, "routine": 20}
    assert sums("complexity") == {"a": 10, "b": 20, "none": 10}
    assert sums("section") == {"": 30}
    with pytest.raises(NotebenchError, match="problem, session_type"):
        stats.strata(data, "omission", "weather")


def paired(pairs, metric="omission"):
    """Rows of drafters a and b from {session: (amount of a, amount of b)} out of 10."""
    return [
        (s, d, metric, v, 10) for s, both in pairs.items() for d, v in zip("ab", both, strict=True)
    ]


def test_compare_by_hand_exact_permutation():
    # all three differences point one way: 2 of the 8 swaps are as extreme
    rows = paired({"s1": (4, 1), "s2": (5, 2), "s3": (6, 3)})
    row = one(stats.compare(table(rows), "omission", "a", "b"))
    assert row.estimate_a == 0.5 and row.estimate_b == 0.2
    assert row.estimate == pytest.approx(0.3) and row.n == 3
    assert row.p == pytest.approx(2 / 8)
    back = one(stats.compare(table(rows), "omission", "b", "a"))
    assert back.estimate == pytest.approx(-0.3) and back.p == row.p


def test_compare_uses_only_what_both_have():
    rows = paired({"s1": (4, 1), "s2": (5, 2)})
    alone = [("s3", "a", "omission", 10, 10), ("s4", "b", "omission", 10, 10)]
    other = table([("s1", "a", "omission", 10, 10)], workflow="organise")
    both = one(stats.compare(pd.concat([table(rows + alone), other]), "omission", "a", "b"))
    assert both.n == 2 and both.estimate_a == 0.45 and both.estimate_b == pytest.approx(0.15)


def test_compare_workflows_of_the_same_drafter():
    rows = [("s1", "a", "omission", 4, 10), ("s2", "a", "omission", 6, 10)]
    less = [(s, d, m, v - 2, o) for s, d, m, v, o in rows]
    data = pd.concat([table(rows), table(less, workflow="organise")])
    row = one(stats.compare(data, "omission", "scribe", "organise", on="workflow"))
    assert row.estimate == pytest.approx(0.2) and row.n == 2


@pytest.mark.parametrize("alike", [(0, 0), (4, 1)])
def test_where_all_sessions_differ_alike_a_share_has_an_interval(alike):
    rows = table(paired({f"s{i}": alike for i in range(12)}))
    row = one(stats.compare(rows, "omission", "a", "b"))
    assert row.estimate == pytest.approx((alike[0] - alike[1]) / 10)
    assert -1 < row.low < row.estimate < row.high < 1
    one_by_one = stats.estimate(rows).set_index("drafter")
    a, b = one_by_one.loc["a"], one_by_one.loc["b"]
    assert row.high == pytest.approx(
        row.estimate + math.hypot(a.high - a.estimate, b.estimate - b.low), abs=0.06
    )


def test_where_all_sessions_differ_alike_other_metrics_have_no_interval():
    rows = paired({"s1": (4, 1), "s2": (4, 1)}, "review_time")
    row = one(stats.compare(table(rows), "review_time", "a", "b"))
    assert row.estimate == pytest.approx(0.3) and math.isnan(row.low)


@pytest.mark.parametrize("n", [3, 12])
def test_no_spread_gives_no_interval(n):
    row = one(stats.estimate(table([(f"s{i}", "a", "review_time", 60, 1) for i in range(n)])))
    assert row.estimate == 60 and math.isnan(row.low) and math.isnan(row.high)


SPAN = {
    "verbosity.words_per_fact": (0, math.inf),
    "residual_risk": (0, math.inf),
    "overlap.rougeL": (0, 1),
    "omission": (0, 1),
}


@pytest.mark.parametrize("metric", SPAN)
@pytest.mark.parametrize("n", [2, 3, 8])
def test_intervals_keep_to_what_is_possible(metric, n):
    least, most = SPAN[metric]
    rows = [(f"s{i}", d, metric, (i + j) % 2, 1) for i in range(n) for j, d in enumerate("ab")]
    for row in stats.estimate(table(rows)).itertuples():
        assert least <= row.low < row.estimate < row.high <= most
    row = one(stats.compare(table(rows), metric, "a", "b"))
    assert least - most <= row.low < row.high <= most - least


def test_time_saved_may_be_below_0():
    rows = [(f"s{i}", "a", "review_time.net_saved", v, 1) for i, v in enumerate((-50, 10, 5))]
    assert one(stats.estimate(table(rows))).low < -50


def test_sessions_without_trials_are_not_counted():
    rows = [("s1", "a", "omission", 1, 10), ("s2", "a", "omission", 2, 10)]
    none = ("s3", "a", "omission", 0, 0)
    with_it, without = (one(stats.estimate(table(r))) for r in ([*rows, none], rows))
    assert with_it.equals(without) and without.sessions == 2
    alone = one(stats.estimate(table([none])))
    assert alone.sessions == 0 and math.isnan(alone.estimate)


def test_an_empty_table_keeps_the_columns_it_groups_by():
    empty = table([]).assign(error_type=[])
    found = stats.estimate(empty, "hallucination", by=("drafter", "error_type"))
    assert found.empty and "error_type" in found.columns


@pytest.mark.parametrize("name", ["reference", "saboteur"])
def test_the_clinicians_note_stands_beside_notes_of_any_workflow(name):
    theirs = [("s1", name, "omission", 1, 10), ("s2", name, "omission", 2, 10)]
    ours = [("s1", "a", "omission", 4, 10), ("s2", "a", "omission", 6, 10)]
    data = pd.concat([
        table(theirs, workflow="polish"), table(ours), table(ours, workflow="organise"),
    ])  # fmt: skip
    row = one(stats.compare(data, "omission", "a", name))
    assert (row.estimate_a, row.estimate_b, row.n) == (0.5, 0.15, 2)
    back = one(stats.compare(data, "omission", name, "a"))
    assert back.estimate == -row.estimate


def test_compare_without_pairs_or_with_unknown_names():
    rows = table([("s1", "a", "omission", 4, 10), ("s2", "b", "omission", 4, 10)])
    row = one(stats.compare(rows, "omission", "a", "b"))
    assert row.n == 0 and math.isnan(row.estimate) and math.isnan(row.p)
    for bad in ({"a": "c", "b": "b"}, {"a": "a", "b": "b", "on": "section"}):
        with pytest.raises(NotebenchError, match="mend:"):
            stats.compare(rows, "omission", **bad)


def test_holm_goes_over_the_metrics_of_the_call():
    up = {f"s{i}": (i % 3 + 3, i % 2) for i in range(8)}
    rows = paired(up) + paired({s: b[::-1] for s, b in up.items()}, "hallucination")
    both = stats.compare(table(rows), ["omission", "hallucination"], "a", "b")
    assert list(both.p_holm) == pytest.approx([min(1, 2 * both.p[0])] * 2)
    alone = one(stats.compare(table(rows), "omission", "a", "b"))
    assert alone.p_holm == alone.p == both.p[0]


def test_same_seed_same_numbers():
    rows = table(paired({f"s{i}": (i % 4, i % 3) for i in range(20)}, "review_time"))
    first, again = (stats.compare(rows, None, "a", "b", seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert not first.equals(stats.compare(rows, None, "a", "b", seed=6))
