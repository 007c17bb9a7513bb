"""Several judges: the vote, what is kept of it, and how far they agree."""

import pytest
from judging import QUOTE, FakeClient, answer, item
from small_sessions import build_draft, build_session

from notebench.errors import UnknownName
from notebench.records import ClaimFinding
from notebench.runs.judging import agreement
from notebench.stats.agreement import krippendorff_alpha
from notebench.verifiers import make
from notebench.verifiers.judge import JudgeVerifier
from notebench.verifiers.panel import Panel


class ByModel(FakeClient):
    """Answers as each model is told to: verdict and further fields by model."""

    def __init__(self, says):
        super().__init__(None)
        self.says = says

    def complete(self, request):
        verdict, more = self.says[request.model]
        quotes = [QUOTE] if verdict in ("supported", "contradicted") else []
        self.reply = lambda items, _: answer(*(item(n, verdict, quotes=quotes, **more)
                                               for n in items))  # fmt: skip
        return super().complete(request)


def voted(*votes, sentence="GAD-7 14 today."):
    """The finding of a panel whose judges vote like this: (verdict, further fields) each."""
    models = [f"fake/m{n}" for n in range(len(votes))]
    client = ByModel(dict(zip(models, votes, strict=True)))
    panel = make("judge:" + "+".join(models), client=client)
    [found] = panel.verify(build_session(facts=None), build_draft(sentence))
    return found


RIGHT, WRONG, NEW = ("supported", {}), ("contradicted", {}), ("unsupported", {})
SILENT = ("no such verdict", {})


@pytest.mark.parametrize(
    ("votes", "verdict", "p"),
    [
        ((RIGHT, RIGHT, WRONG), "supported", 0.3667),
        ((RIGHT, WRONG, NEW), "contradicted", 0.6333),  # wrong by two of three, first kind first
        ((NEW, WRONG, NEW), "unsupported", 0.9),
        ((RIGHT, WRONG), "contradicted", 0.5),  # even, and the mean is a half
        ((RIGHT, ("contradicted", {"confidence": 0.6})), "supported", 0.35),  # even, and under it
        ((RIGHT, RIGHT, SILENT), "supported", 0.1),
        ((SILENT, WRONG), "contradicted", 0.9),
        ((SILENT, SILENT, WRONG), "unscored", None),
        ((SILENT, SILENT), "unscored", None),
    ],
)
def test_the_vote(votes, verdict, p):
    found = voted(*votes)
    assert (found.verdict, found.p_unfaithful) == (verdict, p)
    kept = ClaimFinding.model_validate_json(found.model_dump_json())
    told = [v if v[0] != SILENT[0] else ("unscored", {}) for v in votes]
    assert [kept.votes[m]["verdict"] for m in sorted(kept.votes)] == [v for v, _ in told]
    assert all((v["p"] is None) == (v["verdict"] == "unscored") for v in kept.votes.values())


def test_what_the_winners_say_of_the_error_stands():
    found = voted(
        ("contradicted", {"error_type": "wrong_value", "severity": "minor"}),
        ("contradicted", {"error_type": "wrong_value", "severity": "critical"}),
        RIGHT,
    )
    # of severities as common as each other, the gravest
    assert (found.error_type, found.severity) == ("wrong_value", "critical")
    assert found.reason == "2 of 3 judges: r" and found.evidence == [1]
    assert found.verifier == "judge:fake/m0+fake/m1+fake/m2@2.2"


def test_an_unscored_vote_says_why_and_carries_no_error():
    found = voted(SILENT, SILENT, ("contradicted", {"error_type": "wrong_value"}))
    assert found.reason.startswith("Only 1 of 3 judges could say.")
    assert (found.error_type, found.severity, found.evidence) == (None, None, [])


def test_facts_are_voted_on_too():
    client = ByModel({"a": ("omitted", {}), "b": ("omitted", {}), "c": ("odd", {})})
    panel = make("judge:a+b+c", client=client)
    found = panel.verify(build_session(), build_draft("GAD-7 14 today."))
    facts = [f for f in found if f.kind == "fact"]
    assert len(facts) == len(build_session().facts)
    assert {(f.verdict, f.p_omitted, f.reason) for f in facts} == {
        ("omitted", 0.9, "2 of 3 judges: r")
    }


@pytest.mark.parametrize("name", ["judge:a+", "judge:+", "judge:a+a", "judge:a++b"])
def test_a_judge_is_named_once(name):
    with pytest.raises(UnknownName, match="twice, or none(.|\n)*judge:openai/gpt-4o"):
        make(name)


def test_one_name_is_one_judge_and_a_panel_is_parallel_where_a_server_is_asked():
    assert isinstance(make("judge:openai/a"), JudgeVerifier)
    served, mixed = make("judge:openai/a"), make("judge:local/a+openai/b")
    embedded = make("judge:local/a+local/b")
    assert isinstance(mixed, Panel) and served.parallel and mixed.parallel
    assert not embedded.parallel and not make("judge:local/a").parallel


def findings(*verdicts):
    """A finding for each pair of verdicts, by judges a and b; all of one draft."""
    return [
        ClaimFinding(
            draft_id="d-1", section="S", start=0, end=1, text="A", verdict="supported",
            verifier="judge:a+b@1", votes={"a": {"verdict": a}, "b": {"verdict": b}},
        )
        for a, b in verdicts
    ]  # fmt: skip


def test_agreement_is_krippendorffs_alpha_of_the_votes():
    pairs = [("supported", "supported"), ("contradicted", "contradicted"),
             ("supported", "unsupported"), ("unscored", "supported"),
             ("unsupported", "unsupported")]  # fmt: skip
    found = agreement(findings(*pairs), [build_draft("A")])
    assert set(found) == {"claims"}
    ratings = [{"a": a, "b": b} for a, b in pairs if "unscored" not in (a, b)]
    assert found["claims"]["alpha"] == pytest.approx(krippendorff_alpha(ratings), abs=1e-4)
    assert (found["claims"]["n"], found["claims"]["judges"]) == (5, ["a", "b"])
    assert found["claims"]["low"] is None  # one session: no interval


def test_no_votes_no_agreement_and_none_where_nothing_can_be_said():
    plain = findings(("supported", "supported"))[0].model_copy(update={"votes": None})
    assert agreement([plain], [build_draft("A")]) == {}
    alike = agreement(findings(("supported", "supported")), [build_draft("A")])
    assert alike["claims"]["alpha"] is None
