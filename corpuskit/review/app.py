"""The web application of a review: one page, and what it asks for."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from corpuskit.errors import CatalogueError, ReviewError
from corpuskit.languages import language
from corpuskit.review.interface_text import INTERFACE_LANGUAGES, interface_text, preferred_language
from corpuskit.review.questions import EDUCATION, FLAGS, LANGUAGE, MOST_NOTE
from corpuskit.review.sampling import Item
from corpuskit.review.session import MOST_NAME, ReviewSession, pass_number, reviewer_name

HOSTS: Final = ("127.0.0.1", "localhost")
"""Names under which the page is asked for. Another one is a page of a stranger whose name was made
to point here (DNS rebinding)."""
MOST_BODY: Final = 200_000
"""Bytes of a request."""

_WEB: Final = Path(__file__).with_name("web")
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FILES: Final = {"review.js": "text/javascript", "review.css": "text/css"}

Handler = Callable[[Request], Awaitable[Response]]


def make_app(session: ReviewSession, token: str, wanted: tuple[str, ...], title: str) -> Starlette:
    """The application that shows a session's documents to whoever knows the token."""
    pages = ReviewPages(session, token, wanted, title)
    routes = [
        Route("/{token}/", pages.guarded(pages.index)),
        Route("/{token}/static/{name}", pages.guarded(pages.static)),
        Route("/{token}/next", pages.guarded(pages.next)),
        Route("/{token}/machine", pages.guarded(pages.machine)),
        Route("/{token}/judge", pages.guarded(pages.judge), methods=["POST"]),
        Route("/{token}/undo", pages.guarded(pages.undo), methods=["POST"]),
    ]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
    return Starlette(routes=routes, middleware=[hosts])


class ReviewPages:
    """What is answered to each request."""

    def __init__(
        self, session: ReviewSession, token: str, wanted: tuple[str, ...], title: str
    ) -> None:
        self._session = session
        self._token = token.encode()
        self._wanted = wanted
        self._title = title
        environment = Environment(
            autoescape=True, loader=FileSystemLoader(_WEB), undefined=StrictUndefined
        )
        self._page = environment.get_template("review.html")

    def guarded(self, handler: Handler) -> Handler:
        """A handler that answers nobody without the token, and ReviewError with its message."""

        async def guard(request: Request) -> Response:
            token = str(request.path_params["token"]).encode()
            if not secrets.compare_digest(token, self._token):
                return PlainTextResponse("not found", 404, headers=_HEADERS)
            try:
                response = await handler(request)
            except ReviewError as error:
                response = JSONResponse({"error": str(error)}, 400)
            response.headers.update(_HEADERS)
            return response

        return guard

    async def index(self, request: Request) -> Response:
        """The page, in the language asked for or that of the browser."""
        asked = request.query_params.get("interface")
        accepted = request.headers.get("accept-language", "")
        code = asked if asked in INTERFACE_LANGUAGES else preferred_language(accepted)
        words = interface_text(code)
        shown = {
            "code": code,
            "languages": INTERFACE_LANGUAGES,
            "title": self._title,
            "words": words,
            "words_json": words,
            "language": list(zip(LANGUAGE.answers, LANGUAGE.keys, strict=True)),
            "education": list(zip(EDUCATION.answers, EDUCATION.keys, strict=True)),
            "flags": [(flag.name, flag.keys[0]) for flag in FLAGS],
            "most_name": MOST_NAME,
            "most_note": MOST_NOTE,
        }
        return Response(self._page.render(shown), media_type="text/html")

    async def static(self, request: Request) -> Response:
        """Script and style sheet."""
        name = str(request.path_params["name"])
        if name not in _FILES:
            return PlainTextResponse("not found", 404)
        return Response((_WEB / name).read_bytes(), media_type=_FILES[name])

    async def next(self, request: Request) -> Response:
        """The next document of a reviewer."""
        reviewer = reviewer_name(request.query_params.get("reviewer"))
        number = pass_number(request.query_params.get("pass"))
        return JSONResponse(self._state(reviewer, number))

    def _state(self, reviewer: str, number: int) -> dict[str, Any]:
        item, done, total = self._session.next(reviewer, number)
        return {
            "item": None if item is None else self._card(item),
            "done": done,
            "total": total,
            "second": self._session.second_pass(reviewer),
        }

    def _card(self, item: Item) -> dict[str, Any]:
        """A document without anything that the machine thought."""
        expected = (item.language,) if item.language in self._wanted else self._wanted
        profiles = [_profile(str(code)) for code in expected]
        details = self._session.details(item.id)
        first = profiles[0] if len(profiles) == 1 else None
        return {
            "id": item.id,
            "text": details.text,
            "url": details.url,
            "expected": [profile["shown"] for profile in profiles],
            "lang": first["tag"] if first else "und",
            "dir": first["direction"] if first else "auto",
        }

    async def machine(self, request: Request) -> Response:
        """What the machine thought of a document, for a reviewer who asks."""
        item = self._session.item(str(request.query_params.get("id")))
        facts = item.facts
        return JSONResponse(
            {
                "kept": item.reason is None,
                "reason": item.reason,
                "language": item.language,
                "score": facts.get("lang_score"),
                "labels": facts.get("labels") or [],
                "broken": facts.get("broken") or [],
            }
        )

    async def judge(self, request: Request) -> Response:
        """Save an answer, then the next document."""
        data = await _body(request)
        reviewer, number = reviewer_name(data.get("reviewer")), pass_number(data.get("pass"))
        self._session.judge(reviewer, number, data)
        return JSONResponse(self._state(reviewer, number))

    async def undo(self, request: Request) -> Response:
        """Take back the last answer; its document and what was answered."""
        data = await _body(request)
        reviewer, number = reviewer_name(data.get("reviewer")), pass_number(data.get("pass"))
        judgment = self._session.undo(reviewer)
        if judgment is None:
            return JSONResponse({**self._state(reviewer, number), "undone": None})
        answers = judgment.answers
        undone = {
            "language": answers.language,
            "education": answers.education,
            "flags": [name for name, marked in answers.flags.items() if marked],
            "note": answers.note,
            "spans": [list(span) for span in answers.spans],
            "machine_shown": answers.machine_shown,
            "pass": judgment.number,
        }
        _, done, total = self._session.next(reviewer, judgment.number)
        card = self._card(self._session.item(judgment.item))
        return JSONResponse(
            {"item": card, "done": done, "total": total, "second": 0, "undone": undone}
        )


async def _body(request: Request) -> Mapping[str, Any]:
    """The JSON object of a request of our own page; ReviewError for anything else."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{request.headers.get('host')}":
        raise ReviewError("this request comes from another page")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ReviewError("expected JSON")
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BODY:
            raise ReviewError(f"expected at most {MOST_BODY:,} bytes")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReviewError("expected JSON") from error
    if not isinstance(data, dict):
        raise ReviewError("expected a JSON object")
    return data


def _profile(code: str) -> dict[str, str]:
    """How a language is called and written."""
    try:
        profile = language(code)
    except CatalogueError:
        return {"shown": code, "tag": code.replace("_", "-"), "direction": "auto"}
    name = (
        profile.name if profile.autonym == profile.name else f"{profile.autonym} · {profile.name}"
    )
    return {"shown": name, "tag": code.replace("_", "-"), "direction": profile.direction}
