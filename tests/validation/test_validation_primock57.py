"""PriMock57 and its checklists: statements as marked, facts told from another consultation's."""

from pathlib import Path

import numpy as np
import pytest
from scripted import Scripted, p_of

from notebench.adapters import accuracy, primock57
from notebench.adapters.validation import validate
from notebench.errors import NotebenchError

DATA = Path(__file__).parent / "data" / "primock57"
SHARED = Path(__file__).parents[3] / "shared" / "data"
WRONG, OMITTED = "AUROC, wrong sentences", "AUROC, omitted facts"


def pairs(bad, good):
    return np.mean([(b > g) + (b == g) / 2 for b in bad for g in good])


def test_statements_and_talk_are_read():
    first, second = primock57.load_statements(DATA)
    assert [t.text for t in first.session.transcript] == [
        "Hello, what is wrong?", "I have had a sore throat for four days.", "No fever.",
    ]  # fmt: skip
    assert [(x["text"], x["label"]) for x in first.labels] == [
        ("Sore throat for four days,", "supported"), ("no fever,", "supported"),
        ("Smokes.", "contradicted"),
    ]  # fmt: skip
    assert second.session.session_id == "day1_consultation02"


def test_facts_stand_under_what_they_belong_to_and_strangers_are_strange():
    own = {f.id: f.statement for f in primock57.load_facts(DATA)[0].session.facts}
    assert own == {
        "own-0": "Sore throat", "own-1": "Sore throat: 4 days", "own-2": "No fever",
        "other-0": "Back pain", "other-1": "Back pain: after lifting",
    }  # fmt: skip  # "No fever." is true of both, and "Weather" was called irrelevant


def test_figures():
    result = validate("primock57", DATA, Scripted())
    wrong = [p_of("Smokes."), p_of("Takes warfarin.")]
    right = [
        p_of(t) for t in ("Sore throat for four days,", "no fever,", "Back pain after lifting.")
    ]
    assert result.row(WRONG).estimate == pytest.approx(pairs(wrong, right))
    one = ["Sore throat", "Sore throat: 4 days", "No fever"]
    two = ["Back pain", "Back pain: after lifting", "No fever."]
    held = [(one, two[:2]), (two, one[:2]), (two, one[:2])]  # three notes
    own = [1 - p_of(f) for mine, _ in held for f in mine]
    other = [1 - p_of(f) for _, strange in held for f in strange]
    row = result.row(OMITTED)
    assert (row.n, row.bad) == (len(own) + len(other), len(other))
    assert row.estimate == pytest.approx(pairs(other, own))
    assert result.row(OMITTED, "critical").n == 12
    assert "another consultation" in result.to_markdown()


def test_known_mismatches_do_not_count_as_accuracy():
    counts = accuracy.count(primock57.load(DATA), Scripted())
    assert {name: sum(row) for name, row in counts["claims"].items()} == {
        "day1_consultation01": 3, "day1_consultation02": 2,
    }  # fmt: skip
    assert counts["facts"] == {}


def test_without_checklists_statements_alone_are_measured(tmp_path):
    for name in ("transcripts.json", "note_statements.csv"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    result = validate("primock57", tmp_path, Scripted())
    assert result.drafts == 2
    with pytest.raises(KeyError):
        result.row(OMITTED)
    (tmp_path / "transcripts.json").unlink()
    missing = r"no transcripts.json or \*.TextGrid \(there: note_statements.csv\)"
    with pytest.raises(NotebenchError, match=missing):
        validate("primock57", tmp_path, Scripted())


@pytest.mark.skipif(not (SHARED / "primock57").is_dir(), reason="PriMock57 is absent")
def test_the_published_statements_are_read_whole():
    items = primock57.load_statements(SHARED)
    labels = [x["label"] for i in items for x in i.labels]
    assert (labels.count("supported"), labels.count("contradicted")) == (350, 88)
    assert len({i.session.session_id for i in items}) == 9
    assert len({i.session.session_id for i in primock57.load_facts(SHARED)}) == 20
