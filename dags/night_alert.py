"""Mail to the people who keep the nights, when a task is red or a night waits for an answer.

Nobody is told unless GUESTBOOK_ALERT_EMAIL says whom. The mail server is Airflow's connection `smtp_default`. A mail
that can't be sent is an error in the task's log and nothing more.
"""

from abc import abstractmethod
from html import escape
from typing import Any

from airflow.sdk import BaseNotifier, conf
from night_date import night_of

KILLED = "the process of the task ended without a word: killed, or out of memory"
BY_HAND = "Read the task's log, remove the cause, clear the task. dags/README.md, 'When one is red', says more."
BUTTONS = "Answer under Required Actions."


class NightAlert(BaseNotifier):
    """One mail: which night, which task, why, what to do, and where to look."""

    def notify(self, context: Any) -> None:
        """Send it. A task in trouble gets no second trouble: whatever goes wrong here is told in its log."""
        try:
            self._tell(context)
        except Exception as error:  # noqa: BLE001 - settings, mail server, whatever: a waiting night must wait
            told = "no mail was sent (%s: %s): check the settings, and smtp_default under Admin > Connections"
            self.log.error(told, type(error).__name__, error)  # noqa: TRY400 - one line is enough

    def _tell(self, context: Any) -> None:
        """One mail; none where nobody is named."""
        from guestbook.settings import Settings

        settings = Settings.load()
        if not settings.alert_email:
            return
        of = f"{context['dag'].dag_id} of the night {_night(context, settings)}"
        subject, lines = self.message(context, of)
        lines += [f"Home: {settings.home}", *_link(context)]
        body = "".join(f"<p>{escape(line).replace(chr(10), '<br>')}</p>" for line in lines if line)
        _send(settings.alert_email, f"Guestbook: {subject}", body)

    @abstractmethod
    def message(self, context: Any, of: str) -> tuple[str, list[str]]:
        """The subject and the paragraphs of the mail."""


class RedTask(NightAlert):
    """A task failed and is not tried again."""

    def message(self, context: Any, of: str) -> tuple[str, list[str]]:
        """The task, and the reason as the log tells it."""
        return f"{of} is red at {context['ti'].task_id}", [*_reason(context.get("exception"))]


class OpenQuestion(NightAlert):
    """A night waits until a person has answered."""

    def message(self, context: Any, of: str) -> tuple[str, list[str]]:
        """The question that the waiting task asks."""
        return f"{of} waits for an answer", [str(context["task"].body), BUTTONS]


def _send(to: str, subject: str, body: str) -> None:
    """The hook and not its `SmtpNotifier`, which would read a gate's words, file names included, as a template."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    with SmtpHook() as smtp:
        smtp.send_email_smtp(to=to, subject=subject, html_content=body)


def _reason(error: BaseException | str | None) -> list[str]:
    """Why, and what to do. Only words of ours leave the house whole: other errors may quote a row of personal data."""
    from guestbook.errors import GateBlocked, GuestbookError

    cause = getattr(error, "__cause__", None)
    if isinstance(cause, GateBlocked):
        return [str(cause)]
    if isinstance(cause, GuestbookError):
        return [str(cause).partition("\n")[0], BY_HAND]
    return [type(error).__name__ if isinstance(error, BaseException) else KILLED, BY_HAND]


def _night(context: Any, settings: Any) -> str:
    """The run's night; of a run that names none, the run."""
    from guestbook.errors import GuestbookError

    try:
        return str(night_of(context["dag_run"], settings))
    except (GuestbookError, KeyError):
        return f"(none named in run {context['ti'].run_id})"


def _link(context: Any) -> list[str]:
    """Where the task is shown; a run in process has no server."""
    return [context["ti"].log_url] if conf.get("api", "base_url", fallback="") else []
