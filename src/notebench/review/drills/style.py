"""The same note in whole sentences and in shorthand, sentence for sentence; rules are data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from ...drafters.placing import data
from ...drafters.rewording import values
from ...records import Draft, Sentence, content_hash
from ...text.sentences import bullet_width
from ...verifiers.base import claims
from .plan import Style

_QUOTED = re.compile(r'(“[^”]*”|"[^"]*")')


def styled(draft: Draft, style: Style) -> Draft:
    """The draft in that style, cut into the same sentences, its planted errors in place."""
    if style == "as_written":
        return draft
    reword = polished if style == "polished" else rough
    between = " " if style == "polished" else "\n"
    texts: dict[str, list[str]] = {s.name: [] for s in draft.sections or ()}
    spans: dict[tuple[str, int], tuple[int, int, str]] = {}
    for claim in claims(draft):
        said = reword(claim.text)
        start = sum(len(t) + len(between) for t in texts[claim.section])
        texts[claim.section].append(said)
        spans[claim.section, claim.start] = (start, start + len(said), said)
    planted = [_moved(p, spans) for p in draft.provenance.get("planted", ())]
    return draft.model_copy(
        update={
            "draft_id": f"d-{content_hash(draft.draft_id, style, _rules(), length=12)}",
            "sections": [
                s.model_copy(update={"text": between.join(texts[s.name])})
                for s in draft.sections or ()
            ],
            "sentences": [
                Sentence(section=name, text=t) for name, said in texts.items() for t in said
            ],
            "provenance": {**draft.provenance, "planted": planted, "style": style},
        }
    )


def _moved(
    planted: dict[str, Any], spans: dict[tuple[str, int], tuple[int, int, str]]
) -> dict[str, Any]:
    if planted["start"] is None:
        return planted
    start, end, after = spans[planted["section"], planted["start"]]
    return {**planted, "start": start, "end": end, "after": after, "written": planted["after"]}


def polished(sentence: str) -> str:
    """A whole sentence, with a subject and nothing shortened."""
    rules, names = _rules()["polished"], data("paraphraser")["client"]
    bare = sentence[bullet_width(sentence) :].strip()

    def reword(text: str) -> str:
        for find, put in rules["open"]:
            text = re.sub(find, put, text)
        return text

    said = _outside_quotes(bare, reword)
    for find, put in rules["frames"]:
        if match := re.match(find, said):
            said = put.replace("{}", _small(said[match.end() :]))
            break
    else:
        if match := re.match(f"(?i){names}", said):
            said = rules["subject"] + _small(said[match.end() :])
    said = said[:1].upper() + said[1:]
    said = said if re.search(r"[.!?…:][\"”’')]*$", said) else f"{said}."
    return said if _same(bare, said) else bare


def rough(sentence: str) -> str:
    """Shorthand: small letters, no articles, words cut short, no full stop."""
    bare = sentence[bullet_width(sentence) :].strip()

    def reword(text: str) -> str:
        for find, put in _rules()["rough"]["shut"]:
            text = re.sub(find, put, text)
        return text

    said = _outside_quotes(bare, reword).strip()
    said = _small(re.sub(r"(?<!\.)\.$", "", said))
    return said if _same(bare, said) else bare


def _outside_quotes(text: str, reword: Callable[[str], str]) -> str:
    parts = _QUOTED.split(text)
    return "".join(part if i % 2 else reword(part) for i, part in enumerate(parts))


def _small(text: str) -> str:
    """With a small first letter, where it is an ordinary word."""
    plain = re.match(r"(?:A|[A-Z][a-z]+)\b", text) and not re.match(_rules()["capital"], text)
    return text[:1].lower() + text[1:] if plain else text


def _same(before: str, after: str) -> bool:
    """Whether numbers and negations stayed as they were, and something is left."""
    negators = re.compile(f"(?i){data('paraphraser')['negators']}|\\bw/o\\b|\\bwithout\\b")
    kept = [len(negators.findall(t)) for t in (before, after)]
    return bool(after.strip()) and kept[0] == kept[1] and values(before) == values(after)


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("style.toml").read_text("utf-8"))
