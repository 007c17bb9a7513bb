"""Make data/synthetic again: the sessions from their seed, by split, and the counts on the card.

Run from the repository's root: python benchmarks/synthetic_corpus.py
"""

from __future__ import annotations

import re
from pathlib import Path
from statistics import mean

from notebench import Sessions
from notebench.records import Session
from notebench.sessions import composition, generate, generate_cover, split_of
from notebench.sessions.cover import SPLITS, unmet
from notebench.sessions.cover import cover as plan
from notebench.sessions.noise import word_error_rate
from notebench.storage import write_jsonl, write_text

FOLDER = Path("data/synthetic")
SEED = 7
FORMATS = ("SOAP", "DAP", "BIRP", "GIRP", "PIRP", "narrative")


def by_split() -> dict[str, list[Session]]:
    """The corpus: a session for every stratum of the plan, in six formats."""
    out: dict[str, list[Session]] = {name: [] for name in SPLITS}
    for session in generate_cover(SEED, formats=FORMATS):
        out[split_of(session)].append(session)
    return out


def card_parts(splits: dict[str, list[Session]]) -> dict[str, str]:
    """What the card says that is counted."""
    whole = [s for held in splits.values() for s in held]
    rows = ["| split | sessions | problems |", "|---|---|---|"]
    for name, held in splits.items():
        names = sorted({str(s.scenario["problem"]) for s in held})
        rows.append(f"| {name} | {len(held)} | {', '.join(names)} |")
    strata = plan(SEED)
    missing = unmet(strata)
    pairs = len(unmet([])) - len(missing)
    cover = (
        f"{len(whole)} sessions meet {pairs} of {pairs + len(missing)} pairs of levels of problem, "
        "modality (as its problem's first, second ...), session type, setting and complexity flag."
    )
    return {"composition": composition(whole), "splits": "\n".join(rows), "cover": cover,
            "noise": _noise()}  # fmt: skip


def _noise() -> str:
    clean, noisy = list(generate(60, SEED)), list(generate(60, SEED, noise="asr"))
    rates = [
        word_error_rate(
            " ".join(t.text for t in a.transcript), " ".join(t.text for t in b.transcript)
        ).rate
        for a, b in zip(clean, noisy, strict=True)
    ]
    return (
        f"Measured on 60 sessions: a word error rate of {mean(rates):.1%} on average, "
        f"{min(rates):.0%} to {max(rates):.0%}."
    )


def main() -> None:
    """Write all files and say where."""
    splits = by_split()
    for name, held in splits.items():
        write_jsonl(FOLDER / f"{name}.jsonl", held)
        Sessions(held).to_dataset().to_parquet(FOLDER / f"{name}.parquet")
    card = (FOLDER / "README.md").read_text("utf-8")
    for name, text in card_parts(splits).items():
        block = f"<!-- {name} -->\n{text}\n<!-- end -->"
        card = re.sub(rf"<!-- {name} -->.*?<!-- end -->", lambda _: block, card, flags=re.DOTALL)  # noqa: B023
    write_text(FOLDER / "README.md", card)
    total = sum(map(len, splits.values()))
    print(f"{total} sessions in {FOLDER}, counted in {FOLDER / 'README.md'}")


if __name__ == "__main__":
    main()
