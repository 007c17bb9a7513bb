"""Models by name: fetched once from a hub, which is a server on this machine here."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from notebench.cli import app
from notebench.errors import NotebenchError, UnknownName, Unreachable
from notebench.verifiers import hub

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "model.safetensors": b"weights",
    "pytorch_model.bin": b"the same weights",
    "onnx/model.onnx": b"the same weights once more",
    "README.md": b"# A model",
}


class _Hub(BaseHTTPRequestHandler):
    """Answers as the hub does for one model, `owner/tiny`, with one revision."""

    files, asked = FILES, []

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        self.asked.append(self.path)
        path = self.path.partition("?")[0]
        if "owner/gated" in path:
            return self._send(b"", 403, {"X-Error-Code": "GatedRepo"})
        if "owner/tiny" not in path:
            return self._send(b"", 404, {"X-Error-Code": "RepoNotFound"})
        if found := re.search(r"/revision/(.+)$", path):
            if found[1] not in ("main", "v1", COMMIT):
                return self._send(b"", 404, {"X-Error-Code": "RevisionNotFound"})
            listed = [{"rfilename": name} for name in self.files]
            return self._json({"id": "owner/tiny", "sha": COMMIT, "siblings": listed})
        if "/tree/" in path:
            return self._json(
                [
                    {"type": "file", "path": name, "size": len(data), "oid": name}
                    for name, data in self.files.items()
                ]
            )
        name = path.partition(f"/resolve/{COMMIT}/")[2]
        if name not in self.files:
            return self._send(b"", 404, {"X-Error-Code": "EntryNotFound"})
        return self._send(self.files[name], 200, {"X-Repo-Commit": COMMIT, "ETag": f'"{name}"'})

    def _json(self, data):
        self._send(json.dumps(data).encode(), 200, {"Content-Type": "application/json"})

    def _send(self, body, status, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        """Tests read what was asked from `asked`."""


@pytest.fixture
def at_hub(tmp_path, monkeypatch):
    """The hub's client with an empty cache; points it at an address."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)

    def point(address):
        monkeypatch.setattr(constants, "ENDPOINT", address)
        template = address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)

    return point


@pytest.fixture
def server(at_hub):
    """A running hub; its handler lists what it was asked for."""
    handler = type("Hub", (_Hub,), {"asked": []})
    running = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    at_hub(f"http://127.0.0.1:{running.server_address[1]}")
    yield handler
    running.shutdown()
    running.server_close()


def test_a_model_is_fetched_once_and_then_used_from_here(server):
    assert hub.to_fetch("owner/tiny")
    found = hub.find("owner/tiny")
    assert found.identity == COMMIT[:12]
    assert {f.name for f in found.folder.iterdir()} == {
        "config.json", "tokenizer.json", "model.safetensors",
    }  # fmt: skip
    assert (found.folder / "model.safetensors").read_bytes() == b"weights"
    server.asked.clear()
    assert hub.find("owner/tiny") == found and not hub.to_fetch("owner/tiny")
    assert hub.leaves("owner/tiny") == "nothing"
    assert not server.asked


@pytest.mark.parametrize("revision", ["v1", COMMIT])
def test_a_named_revision_is_fetched(server, revision):
    assert hub.find(f"owner/tiny@{revision}").identity == COMMIT[:12]
    assert hub.to_fetch("owner/tiny@another")


def test_older_weights_are_taken_where_there_are_no_others(server):
    server.files = {k: v for k, v in FILES.items() if k != "model.safetensors"}
    found = hub.find("owner/tiny")
    assert (found.folder / "pytorch_model.bin").is_file()
    assert not hub.to_fetch("owner/tiny")


def test_a_model_without_weights_is_refused(server):
    server.files = {"config.json": b"{}", "tf_model.h5": b"weights"}
    with pytest.raises(NotebenchError, match="no weights in a form that can be read"):
        hub.find("owner/tiny")


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("owner/other", UnknownName, "shows no such model"),
        ("owner/tiny@v9", UnknownName, "no such revision"),
        ("owner/gated", Unreachable, "accepted its terms"),
        ("not a name!", UnknownName, "no name that the hub allows"),
        ("./absent", UnknownName, "there is no folder"),
        ("/absent/model", UnknownName, "there is no folder"),
        ("a/b/c", UnknownName, "there is no folder"),
    ],
)
def test_names_that_lead_nowhere(server, name, kind, words):
    with pytest.raises(kind, match=words) as caught:
        hub.find(name)
    assert caught.value.mend


def test_a_hub_that_does_not_answer(at_hub):
    at_hub("http://127.0.0.1:9")
    with pytest.raises(Unreachable, match="can't be fetched from the hub") as caught:
        hub.find("owner/tiny")
    assert "owner/tiny" in caught.value.where and "name its folder" in caught.value.mend


@pytest.mark.parametrize("command", [("run", "study.toml", "--dry-run"), ("doctor", "study.toml")])
def test_the_fetch_is_said_beforehand_and_not_made(server, tmp_path, capsys, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NOTEBENCH_MODELS_DIR", str(tmp_path / "models"))
    study = 'name = "x"\nverifier = "nli:owner/tiny"\n[sessions]\nn = 1\n[[drafters]]\n'
    (tmp_path / "study.toml").write_text(study + 'name = "reference"\n')
    app(list(command), standalone_mode=False)
    shown = " ".join(capsys.readouterr().out.split())
    assert "nothing but the model's name, to fetch owner/tiny from the Hugging Face hub" in shown
    assert not server.asked
