"""The four questions of an accountability record, each with its evidence and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..metrics.authorship import OWN_SHARE, authorship
from ..metrics.base import Case
from ..metrics.meaning import meaning
from ..records import WRONG


class Item(NamedTuple):
    """One piece of evidence."""

    value: str
    """What there is, in words."""
    holds: bool | None
    """Whether it speaks for a yes; None where it is missing."""


_NOTHING = Item("not on record", None)


def answered(
    record: Mapping[str, Any], wording: Mapping[str, Any], case: Case, machine: Case
) -> list[dict[str, Any]]:
    """Each question with its answer: shown, partly or not_shown; its evidence, and what is missing.

    shown: all evidence is there and speaks for it. not_shown: none does.
    """
    found = {**_made(record), **_review(record, case), **_judged(record, case, machine)}
    return [_question(q, wording["evidence"], found) for q in wording["questions"]]


def _question(
    question: Mapping[str, Any], labels: Mapping[str, str], found: Mapping[str, Item | None]
) -> dict[str, Any]:
    items = {name: item for name in question["evidence"] if (item := found[name]) is not None}
    holding = [item.holds for item in items.values()]
    answer = "shown" if all(holding) else "partly" if any(holding) else "not_shown"
    return {
        "id": question["id"],
        "question": question["text"],
        "answer": answer,
        "evidence": [
            {"id": name, "label": labels[name], "value": item.value, "holds": item.holds}
            for name, item in items.items()
            if item.holds is not None
        ],
        "missing": [labels[name] for name, item in items.items() if item.holds is None],
    }


def _made(record: Mapping[str, Any]) -> dict[str, Item | None]:
    made, statements = record["made"], record["statements"]
    prompt = made["prompt"] or {}
    machine = made["model"] is not None or made["drafter"].startswith(("import:", "local/"))
    sent = record["sent"][0]
    left = {True: "left this machine", False: "stayed on this machine", None: None}
    where = left[sent["left_this_machine"]]
    counts = sum(sent["identifiers"].values())
    how = "" if sent["exact"] else "; rebuilt from the session, not shown by its hash"
    return {
        "drafter_known": Item(made["drafter"], True),
        "model_known": _told(made["model"], made["params"]) if machine else None,
        "prompt_known": _told(_prompt(prompt)) if machine else None,
        "input_known": _told(made["input_sha256"] and f"sha256 {made['input_sha256'][:16]}..."),
        "workflow_known": Item(made["workflow_words"], True),
        "sent_known": Item(
            f"{sent['words']} words with {counts} identifier{'' if counts == 1 else 's'} to "
            f"{sent['to']}, {where}{how}",
            sent["exact"] or sent["left_this_machine"] is False,
        ) if where else _NOTHING,
        "says_explain": _says(statements.get("explain")),
    }  # fmt: skip


def _prompt(prompt: Mapping[str, Any]) -> str | None:
    sha = prompt.get("sha256")
    return f"{prompt.get('name')}@{prompt.get('version')}, sha256 {sha[:16]}..." if sha else None


def _told(*parts: Any) -> Item:
    return Item(", ".join(_flat(p) for p in parts if p), True) if parts[0] else _NOTHING


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return str(value)


def _says(answer: str | None) -> Item:
    words = {"yes": "yes", "partly": "not sure", "no": "no"}
    return Item(words.get(answer, answer), answer == "yes") if answer else _NOTHING


def _review(record: Mapping[str, Any], case: Case) -> dict[str, Item | None]:
    dwell, reviewed, found = record["dwell"], record["reviewed"], record["found"]
    unseen = [s["title"] for s in dwell["sections"] if not s["long_enough"]]
    seconds = f"{dwell['active_s']:.0f} s worked, {dwell['least_s']:.0f} s at the least"
    looks = (reviewed["looks"] or 0) + (reviewed["searches"] or 0)
    in_source = reviewed["parts"].get("source_s", 0.0)
    return {
        "to_the_end": Item(reviewed["closed"] or "left open", reviewed["complete"]),
        "long_enough": Item(seconds, dwell["active_s"] >= dwell["least_s"]),
        "sections_seen": Item(f"not long enough: {', '.join(unseen)}" if unseen else "all",
                              not unseen),
        "source_consulted": Item(f"{looks} looks and searches, {in_source:.0f} s in it",
                                 looks > 0 or in_source > 0),
        "all_confirmed": _confirmed(record["attested"]),
        "planted_caught": _planted(case, found["marks"]),
        "marked_mended": _mended(found),
    }  # fmt: skip


def _confirmed(attested: list[dict[str, Any]]) -> Item:
    if not attested:
        return _NOTHING
    done = sum(a.get("answer") is not None for a in attested)
    return Item(f"{done} of {len(attested)} answered", done == len(attested))


def _planted(case: Case, marks: list[dict[str, Any]]) -> Item | None:
    """None where no error was planted in a sentence of this note."""
    planted = [e for e in case.draft.provenance.get("planted", ()) if e.get("start") is not None]
    if not planted:
        return None
    return _met(planted, marks)


def _mended(found: Mapping[str, Any]) -> Item | None:
    """None where nothing was marked as not borne out."""
    wrong = [m for m in found["marks"] if m["verdict"] in WRONG]
    return _met(wrong, found["changed"]) if wrong else None


def _met(spans: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> Item:
    """How many of the spans share a character with one of the others."""
    met = sum(
        any(
            o["section"] == s["section"] and o["start"] < s["end"] and s["start"] < o["end"]
            for o in others
        )
        for s in spans
    )
    return Item(f"{met} of {len(spans)}", met == len(spans))


def _judged(record: Mapping[str, Any], case: Case, machine: Case) -> dict[str, Item | None]:
    signature = record["signature"]
    refused = [a for a in record["attested"] if a.get("answer") in ("no", "partly", "lacking")]
    found: dict[str, Item | None] = {
        "formulation_kept": _rate(machine, "meaning.formulation", "facts changed or lost"),
        "formulation_own": _rate(case, "meaning.formulation_added", "such sentences"),
        "own_words": _own_words(case, record["corrections"]["share_of_draft"]),
        "says_judgement": _says(record["statements"].get("judgement")),
        "signed": Item(f"{signature['name']}, {signature['role']}, {signature['at']}", True)
        if signature else Item("not signed", False),
        "nothing_refused": Item(f"{len(refused)} such statements", not refused)
        if any(a.get("answer") for a in record["attested"]) else _NOTHING,
    }  # fmt: skip
    for audience in ("payer", "attorney", "board", "auditor"):
        found[f"stands_{audience}"] = _says(record["stands"].get(audience))
    return found


def _own_words(case: Case, share_of_draft: float | None) -> Item:
    """Words by the clinician: in the draft from their own text, and those put in by review."""
    if share_of_draft is None:
        return _NOTHING
    if case.draft.drafter == "reference":
        from_notes = 1.0
    else:
        ways = {t.metric: t for t in authorship(case)}
        if "authorship.new" not in ways:
            return _NOTHING
        new = ways["authorship.new"]
        from_notes = 1 - new.amount / new.out_of
    put_in = 1 - share_of_draft
    own = share_of_draft * from_notes + put_in
    return Item(
        f"{own:.0%}: {share_of_draft * from_notes:.0%} from the clinician's own notes, "
        f"{put_in:.0%} put in by review",
        own >= OWN_SHARE,
    )


def _rate(case: Case, metric: str, what: str) -> Item:
    """A tally of the metric as evidence: 0 speaks for a yes. Missing where it can't be measured."""
    tallies = meaning(case) if case.findings else ()
    rows = [t for t in tallies if t.metric == metric]
    if not rows:
        return _NOTHING
    amount, of = rows[0].amount, rows[0].out_of
    return Item(f"{amount:.0f} of {of:.0f} {what}", amount == 0)
