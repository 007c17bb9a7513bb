"""Sentences added to a note that say what did not happen, from data/inventions.toml."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ...formats import Format
from ...text import content_words, split_sentences
from ..placing import data, kind_of, section_for
from .page import Change, Page
from .truth import Truth


class _Invention(NamedTuple):
    text: str
    kind: str


Bank = Callable[[Truth, Format], Iterator[_Invention]]


def inventions(
    error_type: str, page: Page, truth: Truth, format: Format, rng: random.Random
) -> Iterator[Change]:
    """Additions of that type, in random order, none of which is true of the session."""
    standing = {s.text for sentences in page.sections.values() for s in sentences}
    found = [i for i in BANKS[error_type](truth, format) if i.text not in standing]
    rng.shuffle(found)
    for text, kind in found:
        wanted = section_for(kind, format)
        section = wanted if wanted in page.sections else rng.choice(sorted(page.sections))
        at = rng.randint(0, len(page.sections[section]))
        yield Change(error_type, section, at, text, adds=True, kinds=(kind,))


def _from_bank(error_type: str) -> Bank:
    def bank(truth: Truth, format: Format) -> Iterator[_Invention]:
        held = data("inventions")[error_type]
        about = f"{truth.session.scenario.get('problem', '')} {truth.session.chart}".lower()
        for item in held["items"]:
            if re.search(item.get("fits", ""), about) and not truth.mentions(item["topics"]):
                for text in _filled(item["text"], truth):
                    yield _Invention(text, item.get("kind", held["kind"]))

    return bank


def _filled(text: str, truth: Truth) -> Iterator[str]:
    """The text with its {slot} filled by each thing of that sort in the session, if it has one."""
    slot = re.search(r"\{(\w+)\}", text)
    if slot is None:
        yield text
        return
    sort = slot[1].lower()
    things = truth.people() if sort == "person" else _named(sort, truth)
    for thing in things:
        words = thing[:1].upper() + thing[1:] if slot[1][0].isupper() else thing
        yield text[: slot.start()] + words + text[slot.end() :]


def _named(kind: str, truth: Truth) -> list[str]:
    """What facts of that kind are about, as the ledger names it, and goals of the chart."""
    today = [f for f in truth.session.facts or [] if f.kind == kind and f.source != "prior_note"]
    shown = [f for f in today if f.disclosure in ("must", "should")]
    names = {str(f.attributes["name"]) for f in shown if "name" in f.attributes}
    if kind == "goal":
        goals = truth.session.chart.get("goals") or []
        names = {g for g in goals if isinstance(g, str)}
    return sorted(names)


def _denials(truth: Truth, format: Format) -> Iterator[_Invention]:
    held: dict[str, Any] = data("inventions")["fabricated_risk"]
    for topic in truth.session.not_assessed:
        name = "_".join(re.findall(r"[a-z]+", topic.lower()))
        for text in held["topics"].get(name, held["topics"]["other"]):
            yield _Invention(text.format(topic=name.replace("_", " ")), held["kind"])


def _last_time(truth: Truth, format: Format) -> Iterator[_Invention]:
    rule = data("inventions")["copy_forward"]
    for section in format.split(truth.session.prior_note or ""):
        for span in split_sentences(section.text):
            text = re.sub(f"(?i){rule['label']}", "", span.text)
            stale = truth.last_time(text)
            kind = stale.kind if stale else kind_of(text, default="")
            lasting = re.search(f"(?i){rule['skip']}", text) or kind not in rule["kinds"]
            short = len(content_words(text)) < rule["fewest_words"]
            if stale is None and (lasting or short):
                continue
            if not truth.true_today(text, rule["most_shared"], re.compile(rule["earlier"])):
                yield _Invention(text[0].upper() + text[1:], kind)


BANKS: dict[str, Bank] = {
    "fabricated_risk": _denials,
    "copy_forward": _last_time,
    **{
        name: _from_bank(name)
        for name in (
            "fabricated_intervention", "fabricated_observation", "fabricated_plan",
            "fabricated_symptom", "fabricated_response", "unsupported_inference", "boilerplate",
            "false_quotation", "cross_client", "stigmatising_language",
        )
    },
}  # fmt: skip
"""Where the additions of each error type come from."""
