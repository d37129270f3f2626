"""An object store on loopback: buckets are folders, read by HTTP ranges as S3 and the web are."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Store:
    """What a test tells the store, and what the store was asked.

    Attributes
    ----------
    key
        The only access key that is let in; None lets everybody in.
    silent
        Whether it accepts connections and answers nothing.
    """

    folder: Path
    key: str | None = None
    silent: bool = False
    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://{self.address}"


@contextmanager
def object_store(folder: Path) -> Iterator[Store]:
    """A store of the files in a folder, on a free port of loopback."""
    store = Store(folder)
    handler = type("Handler", (_Handler,), {"store": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    store.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield store
    finally:
        store.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    store: Store

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, *, body: bool) -> None:
        self.store.asked.append((self.command, self.path))
        signed = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        if signed:
            self.store.keys.add(signed[1])
        if self.store.silent:
            self.store.released.wait()
            return
        if self.store.key and not (signed and signed[1] == self.store.key):
            self._send(403, b"", body=body)
            return
        url = urlsplit(self.path)
        path = self.store.folder / unquote(url.path).strip("/")
        if "list-type" in parse_qs(url.query):
            self._send(200, self._listing(path), body=body)
        elif path.is_file():
            self._send_range(path.read_bytes(), body=body)
        else:
            self._send(404, b"", body=body)

    def _listing(self, bucket: Path) -> bytes:
        files = sorted(path for path in bucket.rglob("*") if path.is_file())
        contents = "".join(
            f"<Contents><Key>{path.relative_to(bucket)}</Key><Size>{path.stat().st_size}</Size>"
            "<LastModified>2013-05-01T00:00:00.000Z</LastModified></Contents>"
            for path in files
        )
        return f"<ListBucketResult>{contents}</ListBucketResult>".encode()

    def _send_range(self, content: bytes, *, body: bool) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not asked:
            self._send(200, content, body=body)
            return
        start, end = int(asked[1]), min(int(asked[2]), len(content) - 1)
        place = f"bytes {start}-{end}/{len(content)}"
        self._send(206, content[start : end + 1], body=body, place=place)

    def _send(self, status: int, content: bytes, *, body: bool, place: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Accept-Ranges", "bytes")
        if place:
            self.send_header("Content-Range", place)
        self.end_headers()
        if body:
            self.wfile.write(content)
