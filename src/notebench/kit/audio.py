"""A session as sound: each speaker in a voice of their own, spoken by an installed espeak-ng.

espeak-ng is a program of its own (Debian package espeak-ng); the text reaches it on its standard
input, never through a shell. The same program and text give the same bytes.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tomllib
import wave
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import MissingDependency, NotebenchError
from ..records import Session
from ..storage import atomic

if TYPE_CHECKING:
    import numpy as np

RATE = 16_000
"""Samples a second of a recording: 16-bit, one channel."""
_SECONDS = 120
"""Most seconds that one turn may take to be spoken."""


def engine() -> str:
    """Path of espeak-ng. Raises MissingDependency where it is not installed."""
    if path := shutil.which("espeak-ng"):
        return path
    raise MissingDependency(
        "audio needs the program espeak-ng, which is not installed",
        mend="install it (Debian and Ubuntu: apt-get install espeak-ng; macOS: brew install "
        "espeak-ng), or leave --audio out",
    )


def record(engine: str, session: Session, target: Path) -> Path:
    """Speak a session into a WAV file, with a pause after each turn; returns its path."""
    import numpy as np

    voices = voices_of(session)
    pause = np.zeros(int(_settings()["pause"] * RATE), dtype=np.int16)
    with atomic(target) as stream, wave.open(stream, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for turn in session.transcript:
            where = f"session {session.session_id}, turn {turn.turn}"
            sound = _spoken(engine, turn.text, voices[turn.speaker], where)
            out.writeframes(sound.astype("<i2").tobytes() + pause.tobytes())
    return target


def voices_of(session: Session) -> dict[str, dict[str, Any]]:
    """A voice for each speaker: that of the role, and for other roles one of the others in turn."""
    roles, others = _settings()["roles"], _settings()["others"]
    found: dict[str, dict[str, Any]] = {}
    unknown = 0
    for speaker in dict.fromkeys(t.speaker for t in session.transcript):
        if speaker in roles:
            found[speaker] = roles[speaker]
        else:
            found[speaker] = others[unknown % len(others)]
            unknown += 1
    return found


def _spoken(engine: str, text: str, voice: dict[str, Any], where: str) -> np.ndarray:
    """16-bit samples at RATE; none where there is nothing to say, such as for "..."."""
    command = [
        engine, "--stdin", "--stdout", "-b", "1",
        "-v", voice["voice"], "-s", str(voice["speed"]), "-p", str(voice["pitch"]),
    ]  # fmt: skip
    given = text.replace("[[", "[ [")  # else read as sounds in espeak-ng's own alphabet
    try:
        done = subprocess.run(command, input=given.encode(), capture_output=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotebenchError(
            f"espeak-ng could not be run ({error})", where=where, mend="try espeak-ng by itself"
        ) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise NotebenchError(
            f"espeak-ng could not speak ({said})",
            where=where,
            mend="install espeak-ng and its data again",
        )
    return _resampled(done.stdout)


def _resampled(data: bytes) -> np.ndarray:
    import numpy as np
    from scipy.signal import resample_poly

    if not data:
        return np.zeros(0, dtype=np.int16)
    with wave.open(io.BytesIO(data)) as sound:
        rate, samples = sound.getframerate(), sound.readframes(sound.getnframes())
    heard = np.frombuffer(samples, dtype="<i2").astype(np.float64)
    if rate != RATE and len(heard):
        heard = resample_poly(heard, RATE, rate)
    return np.clip(np.rint(heard), -32768, 32767).astype(np.int16)


@cache
def _settings() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("voices.toml").read_text("utf-8"))
