"""Why a request failed, in words: the libraries' own messages show their internals and addresses
of objects."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from collections.abc import Iterator
from typing import Final

import urllib3

_UNREACHABLE: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
_BROKEN_OFF: Final = (
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    http.client.IncompleteRead,
    http.client.RemoteDisconnected,
    urllib3.exceptions.IncompleteRead,
)
_WORDS: Final[tuple[tuple[tuple[type[BaseException], ...], str], ...]] = (
    (
        (socket.gaierror, urllib3.exceptions.NameResolutionError),
        "the host name cannot be resolved",
    ),
    ((ssl.SSLError,), "no secure connection can be made"),
    ((ConnectionRefusedError,), "the server refuses connections"),
    ((urllib3.exceptions.ConnectTimeoutError,), "the server does not answer"),
    (_BROKEN_OFF, "the server broke off the connection"),
)
_INTERNALS: Final = ("Pool(", "object at 0x", "Error(", "Connection(", "Disconnected(")
"""What urllib3 and requests write into messages that are meant for programmers."""


def cause_of(error: BaseException) -> str | None:
    """What went wrong, without names of hosts or objects: the same words every time; None for a
    cause that is not known here."""
    for link in _chain(error):
        if words := _words(link):
            return words
    return None


def message_of(error: BaseException) -> str:
    """The error's own message if people can read it, else its cause, else its type."""
    message = str(error)
    if message and not any(mark in message for mark in _INTERNALS):
        return message
    return cause_of(error) or type(error).__name__


def _words(error: BaseException) -> str | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not valid ({error.verify_message})"
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return "the server cannot be reached"
    return next((words for kinds, words in _WORDS if isinstance(error, kinds)), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that caused it, innermost first: they know best."""
    chain: list[BaseException] = []
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if any(link is known for known in chain):
            continue
        chain.append(link)
        causes = (getattr(link, "reason", None), link.__cause__, link.__context__, *link.args)
        waiting += [cause for cause in causes if isinstance(cause, BaseException)]
    return reversed(chain)
