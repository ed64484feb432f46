"""A hub on loopback: the part of its HTTP API that huggingface_hub asks to publish a dataset."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_aSecretThatNobodyIsShown"
_NO_ENTRY = {"error": "Entry not found"}


@dataclass
class Repository:
    """A dataset: its files as they are at the head of `main`."""

    private: bool
    files: dict[str, bytes] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)


class Hub:
    """What the server holds and was asked. `broken` uploads fail, that many times."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.objects: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.uploaded: list[str] = []
        self.broken = 0
        self.lock = threading.Lock()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self)

            def do_HEAD(self) -> None:
                hub.answer(self)

            def do_POST(self) -> None:
                hub.answer(self)

            def do_PUT(self) -> None:
                hub.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        with self.lock:
            self.asked.append((request.command, path))
            if path.startswith("/lfs/"):
                status, answer = self._put(path.removeprefix("/lfs/"), body)
            elif request.headers.get("Authorization") != f"Bearer {TOKEN}":
                status, answer = 401, {"error": f"no such token {request.headers}"}
            else:
                status, answer = self._route(request.command, path, body)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        request.send_response(status)
        if status == 404:
            is_entry = answer == _NO_ENTRY
            request.send_header("X-Error-Code", "EntryNotFound" if is_entry else "RepoNotFound")
        if isinstance(answer, bytes):
            request.send_header("ETag", hashlib.sha256(data).hexdigest())
            request.send_header("X-Repo-Commit", "a" * 40)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(data)

    def _put(self, oid: str, body: bytes) -> tuple[int, Any]:
        if self.broken:
            self.broken -= 1
            return 400, {"error": "broken off"}
        assert hashlib.sha256(body).hexdigest() == oid
        self.objects[oid] = body
        self.uploaded.append(oid)
        return 200, {}

    def _route(  # noqa: PLR0911 - a route each
        self, method: str, path: str, body: bytes
    ) -> tuple[int, Any]:
        if path == "/api/validate-yaml":
            assert json.loads(body)["content"].startswith("---\nlanguage:")
            return 200, {"errors": [], "warnings": []}
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        batch = re.fullmatch(r"/datasets/(.+)\.git/info/lfs/objects/batch", path)
        if batch:
            objects = [self._action(item) for item in json.loads(body)["objects"]]
            return 200, {"transfer": "basic", "objects": objects}
        resolved = re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/main/(.+)", path)
        if resolved and resolved[1] in self.repositories:
            content = self.repositories[resolved[1]].files.get(resolved[2])
            return (404, _NO_ENTRY) if content is None else (200, content)
        match = re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/(\w+)(?:/main)?)?", path)
        if match is None or match[1] not in self.repositories:
            return 404, {"error": "Repository not found"}
        repository, verb = self.repositories[match[1]], match[2]
        if method == "GET":
            return 200, self._info(match[1], repository)
        if verb == "preupload":
            files = [
                {
                    "path": item["path"],
                    "uploadMode": "lfs" if item["path"].endswith(".parquet") else "regular",
                    "shouldIgnore": False,
                }
                for item in json.loads(body)["files"]
            ]
            return 200, {"files": files}
        assert verb == "commit", path
        return self._commit(match[1], repository, body)

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        name = f"{asked['organization']}/{asked['name']}"
        assert asked["type"] == "dataset"
        private = asked.get("private", asked.get("visibility") == "private")
        self.repositories[name] = Repository(bool(private))
        return 200, {"url": f"{self.url}/datasets/{name}"}

    def _action(self, item: dict[str, Any]) -> dict[str, Any]:
        oid = item["oid"]
        if oid in self.objects:
            return item
        return {**item, "actions": {"upload": {"href": f"{self.url}/lfs/{oid}"}}}

    def _info(self, name: str, repository: Repository) -> dict[str, Any]:
        siblings = []
        for path, content in sorted(repository.files.items()):
            entry: dict[str, Any] = {"rfilename": path, "size": len(content), "blobId": "0" * 40}
            if path.endswith(".parquet"):
                digest = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
            siblings.append(entry)
        return {"id": name, "sha": "a" * 40, "private": repository.private, "siblings": siblings}

    def _commit(self, name: str, repository: Repository, body: bytes) -> tuple[int, Any]:
        for line in body.splitlines():
            item = json.loads(line)
            value = item["value"]
            if item["key"] == "header":
                repository.commits.append(value["summary"])
            elif item["key"] == "file":
                repository.files[value["path"]] = base64.b64decode(value["content"])
            elif item["key"] == "lfsFile":
                repository.files[value["path"]] = self.objects[value["oid"]]
            elif item["key"] == "deletedFile":
                del repository.files[value["path"]]
        url = f"{self.url}/datasets/{name}/commit/{'b' * 40}"
        return 200, {"commitUrl": url, "commitOid": "b" * 40}


@contextmanager
def serving() -> Iterator[Hub]:
    hub = Hub()
    thread = threading.Thread(target=hub.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.server.shutdown()
        hub.server.server_close()
        thread.join()
