"""Calibration from labels: the two numbers come back from data made with them."""

import math
import random

import pytest

from notebench.errors import NotebenchError
from notebench.verifiers import calibration
from notebench.verifiers.calibration import Calibration


def test_without_a_fit_nothing_changes():
    assert Calibration()(0.73) == pytest.approx(0.73)


def test_the_numbers_that_made_the_labels_are_found_again():
    draw, true = random.Random(3), Calibration(slope=0.5, intercept=-1.0)
    given = [draw.uniform(0.001, 0.999) for _ in range(20_000)]
    wrong = [draw.random() < true(p) for p in given]
    found = calibration.fit(given, wrong)
    assert found.slope == pytest.approx(0.5, abs=0.05)
    assert found.intercept == pytest.approx(-1.0, abs=0.08)
    share = sum(wrong) / len(wrong)
    assert sum(map(found, given)) / len(given) == pytest.approx(share, abs=0.002)


def test_labels_that_are_separated_fully_stay_within_bounds():
    found = calibration.fit([0.1, 0.2, 0.8, 0.9], [False, False, True, True])
    assert math.isfinite(found(0.999)) and found(0.2) < 0.5 < found(0.8)


@pytest.mark.parametrize(("given", "wrong"), [([0.1, 0.2], [True, True]), ([0.1], []), ([], [])])
def test_labels_of_one_kind_are_refused(given, wrong):
    with pytest.raises(NotebenchError, match="can't be calibrated on"):
        calibration.fit(given, wrong)


def test_it_is_kept_in_a_folder(tmp_path):
    made = Calibration(0.7, 0.25)
    calibration.write(tmp_path, claim=made)
    assert calibration.read(tmp_path) == {"claim": made, "fact": Calibration()}


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"claim": 3}', '{"claim": {"slop": 1}}', '{"note": {"slope": 1}}',
     '{"claim": {"slope": "x"}}', '{"claim": {"slope": Infinity}}'],
)  # fmt: skip
def test_a_file_that_can_not_be_read_is_named(tmp_path, text):
    (tmp_path / calibration.FILE).write_text(text)
    with pytest.raises(NotebenchError) as caught:
        calibration.read(tmp_path)
    assert calibration.FILE in caught.value.where and caught.value.mend
