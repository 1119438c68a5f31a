"""A real mail server on loopback that keeps what it is given."""

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

PLAIN = "disable_tls=true&disable_ssl=true&retry_limit=0"
SENDER = "guestbook@example.com"


class Inbox:
    """Mails in the order of their arrival."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []

    @property
    def connection(self) -> str:
        """The mail server as Airflow's connection, for AIRFLOW_CONN_SMTP_DEFAULT."""
        return f"smtp://127.0.0.1:{self.port}/?from_email={SENDER.replace('@', '%40')}&{PLAIN}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.mails]

    def text(self) -> str:
        """What the newest mail says."""
        return "".join(
            str(part.get_content()) for part in self.mails[-1].walk() if part.get_content_type() == "text/html"
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server() -> Iterator[Inbox]:
    """Runs until the block ends."""
    inbox = Inbox(free_port())
    server = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    server.start()
    try:
        yield inbox
    finally:
        server.stop()
