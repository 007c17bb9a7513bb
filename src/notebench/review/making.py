"""How a draft was made and what was sent where, read back from its provenance."""

from __future__ import annotations

from typing import Any

from ..drafters.base import Task, inputs_of
from ..drafters.material import material_of
from ..errors import NotebenchError
from ..records import Draft, Manifest, Session, content_hash
from .choices import MATERIAL
from .identifiers import identifier_counts

_TURNS = 10
"""Turns of talk in a unit of what a model is given, where a draft does not say."""


def made(draft: Draft, manifest: Manifest) -> dict[str, Any]:
    """Drafter, model, prompt, settings and input by hash; None for what is not known."""
    p = draft.provenance
    model = p.get("model")
    return {
        "drafter": draft.drafter,
        "model": model,
        "model_spec_sha256": content_hash(p["drafter"]) if "drafter" in p else None,
        "embedded": (p.get("drafter") or {}).get("embedded"),
        "prompt": p.get("prompt"),
        "params": p.get("params"),
        "strategy": p.get("strategy"),
        "workflow": draft.workflow,
        "workflow_words": f"Written from {MATERIAL[draft.workflow]}",
        "format": draft.format,
        "inputs": sorted(inputs_of(draft)),
        "input_sha256": p.get("input_sha256"),
        "draft_sha256": content_hash(draft.model_dump(mode="json", include={"sections", "text"})),
        "time": p.get("time"),
        "calls": p.get("calls"),
        "tokens": {k: p[k] for k in ("prompt_tokens", "completion_tokens") if k in p} or None,
        "cost_usd": p.get("cost_usd"),
        "notebench": p.get("notebench") or manifest.notebench,
        "seed": p.get("seed", manifest.seed),
    }


def sent(session: Session, draft: Draft, manifest: Manifest) -> list[dict[str, Any]]:
    """Each place that session text went to: where, what, and how many identifiers it held."""
    told = [_to_drafter(session, draft)]
    verifier = manifest.verifier or ""
    if verifier.startswith("judge:"):
        text = f"{_everything(session)}\n{draft.model_dump_json()}"
        told.append({
            "to": verifier, "why": "to judge the note", "left_this_machine": None,
            **_amounts(text, session), "exact": False,
        })  # fmt: skip
    told.append({
        "to": "the review page", "why": "to review the note", "left_this_machine": False,
        "note": "The page loads and sends nothing; the file itself was handed to the reviewer.",
        **_amounts(f"{_everything(session)}\n{draft.model_dump_json()}", session), "exact": True,
    })  # fmt: skip
    return told


def _to_drafter(session: Session, draft: Draft) -> dict[str, Any]:
    text, exact = _given(session, draft)
    p = draft.provenance
    base = (p.get("drafter") or {}).get("api_base") if isinstance(p.get("drafter"), dict) else None
    return {
        "to": f"{draft.drafter} at {base}" if base else draft.drafter,
        "why": "to write the note", "left_this_machine": p.get("remote"),
        "inputs": sorted(inputs_of(draft)), **_amounts(text, session), "exact": exact,
    }  # fmt: skip


def _given(session: Session, draft: Draft) -> tuple[str, bool]:
    """What the drafter was given, and whether its hash shows that this is the very text."""
    spec = draft.provenance.get("drafter")
    turns = spec.get("turns", _TURNS) if isinstance(spec, dict) else _TURNS
    try:
        material = material_of(Task(session, draft.workflow, draft.format, draft.sample), turns)
    except NotebenchError:  # made elsewhere, of something that this session does not hold
        return _everything(session), False
    ways: list[tuple[Any, str]] = [
        (material.whole(), material.whole()),
        ([u.text for u in material.units], "\n".join(u.text for u in material.units)),
        (session.rough_notes, session.rough_notes or ""),
        (session.transcript, "\n".join(t.text for t in session.transcript)),
    ]
    for given, text in ways:
        if content_hash(given) == draft.provenance.get("input_sha256"):
            return text, True
    return material.whole(), False


def _amounts(text: str, session: Session) -> dict[str, Any]:
    return {
        "words": len(text.split()),
        "characters": len(text),
        "identifiers": identifier_counts(text, session),
    }


def _everything(session: Session) -> str:
    talk = "\n".join(f"{t.speaker}: {t.text}" for t in session.transcript)
    chart = "\n".join(f"{k}: {v}" for k, v in session.chart.items())
    return "\n".join(t for t in (talk, session.rough_notes, session.prior_note, chart) if t)
