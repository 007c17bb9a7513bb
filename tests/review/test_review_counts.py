"""Notes described by counts alone: reading, estimating, and what the estimates follow."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebench.errors import NotebenchError
from notebench.metrics.effort import Load
from notebench.review import Model
from notebench.review.counts import estimates, read_counts, write_estimates
from notebench.review.profiles import COUNTS

HEAD = "note_id,words,claims,incorrect,omitted,transcript_words"
USUAL = Model.of(COUNTS, n=300)


def _file(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "counts.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def _load(wrong: float, missing: float, said: float | None = 1500) -> Load:
    return Load(None, None, 0, wrong, missing, 0, transcript_words=said, counted=True)


def test_counts_become_seconds_at_the_published_rates(tmp_path: Path) -> None:
    path = _file(tmp_path, "a,120,9,2,3,1400", "b,,,0.4,1.6,1000", "c,,,0,0,")
    found = dict(estimates(Model.of(COUNTS), read_counts(path)))
    assert found["a"].estimate == pytest.approx(3.3 + 2 * 5.9 + 3 * 9.0 + 14 * 3.2)
    assert found["b"].estimate == pytest.approx(3.3 + 0.4 * 5.9 + 1.6 * 9.0 + 10 * 3.2)
    assert found["c"].estimate == pytest.approx(3.3 + 15.3 * 3.2)
    for value in found.values():
        assert 0 <= value.low < value.estimate < value.high


def test_the_table_that_is_written(tmp_path: Path) -> None:
    notes = read_counts(_file(tmp_path, "n 1,,,1,2,900", 'note "two",,,3,4,'))
    out = write_estimates(tmp_path / "o.csv", estimates(Model.of(COUNTS), notes))
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert list(rows[0]) == ["note_id", "seconds", "low", "high"]
    assert [r["note_id"] for r in rows] == ["n 1", 'note "two"']
    assert all(float(r["low"]) < float(r["seconds"]) < float(r["high"]) for r in rows)
    again = write_estimates(tmp_path / "p.csv", estimates(Model.of(COUNTS), notes))
    assert out.read_bytes() == again.read_bytes()


def test_columns_may_be_in_any_order_and_some_away(tmp_path: Path) -> None:
    path = _file(tmp_path, "2,a,1", head="\ufeffomitted,note_id,incorrect")
    [note] = read_counts(path)
    assert note.work == Load(None, None, 0, 1, 2, 0, None, counted=True)


@pytest.mark.parametrize(
    ("rows", "head", "says"),
    [
        (["a,,,1,,"], HEAD, r"counts.csv:2: column 'omitted' is empty"),
        (["a,,,1,2,", "b,,,x,2,"], HEAD, r"counts.csv:3: column 'incorrect': 'x' is not a number"),
        (["a,,,-1,2,"], HEAD, r"'-1' is not a number of 0 or more"),
        (["a,,,nan,2,"], HEAD, r"column 'incorrect' is empty"),
        (["a,,,inf,2,"], HEAD, r"'inf' is not a number"),
        ([",,,1,2,"], HEAD, r"counts.csv:2: column 'note_id' is empty"),
        (["a,1"], "note_id,incorrect", r"no column for omitted"),
        ([], HEAD, r"no note in it"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, rows, head, says) -> None:
    with pytest.raises(NotebenchError, match=says):
        read_counts(_file(tmp_path, *rows, head=head))


@given(st.floats(0, 40), st.floats(0, 40), st.floats(0.01, 20), st.sampled_from([None, 900]))
def test_more_errors_never_take_less_time(wrong, missing, more, said) -> None:
    before = USUAL.estimate(_load(wrong, missing, said))
    for worse in (_load(wrong + more, missing, said), _load(wrong, missing + more, said)):
        after = USUAL.estimate(worse)
        assert after.estimate > before.estimate
        assert after.low >= before.low and after.high >= before.high


def test_an_omission_costs_more_than_an_incorrect_statement() -> None:
    assert USUAL.estimate(_load(0, 5)).estimate > USUAL.estimate(_load(5, 0)).estimate


def test_a_session_of_unknown_length_is_less_certain() -> None:
    known, unknown = (Model.of(COUNTS).estimate(_load(2, 2, said)) for said in (1530, None))
    assert known.estimate == pytest.approx(unknown.estimate)
    assert unknown.high - unknown.low > known.high - known.low


@pytest.mark.parametrize("profile", ["default", "fast-typist", "risk-first"])
def test_other_profiles_take_counts_as_well(tmp_path: Path, profile: str) -> None:
    notes = read_counts(_file(tmp_path, "a,,,2,3,", "b,150,,2,3,", "c,150,10,2,3,1400"))
    found = [value for _, value in estimates(Model.of(profile), notes)]
    assert all(v.low < v.estimate < v.high for v in found)
    assert found[1].estimate == pytest.approx(found[2].estimate)  # 15 words a statement


def test_the_interval_holds_simulated_single_reviews() -> None:
    """Reviews by people scattered as the model says fall into its 95% interval about as often."""
    rng = np.random.default_rng(5)
    work = _load(3, 4)
    found = Model.of(COUNTS, n=4000).estimate(work)
    spread = 0.35
    drawn = found.estimate * np.exp(rng.normal(-(spread**2) / 2, spread, 4000))
    inside = ((found.low <= drawn) & (drawn <= found.high)).mean()
    assert 0.93 <= inside <= 0.995


def test_tables_with_semicolons_have_decimal_commas(tmp_path: Path) -> None:
    plain = read_counts(_file(tmp_path, "a,,,0.5,2,1400", "b,,,3,0,"))
    path = _file(tmp_path, "a;;;0,5;2;1400", "b;;;3;0;", head=HEAD.replace(",", ";"))
    assert read_counts(path) == plain
