"""The task that asks a person before a night gives many known records another customer."""

from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from night_alert import OpenQuestion
from night_stage import stage
from night_wiring import DEFAULT_ARGS, WAREHOUSE_POOL

APPROVE, REJECT = "Approve", "Reject"


class ApproveIdentity(HITLOperator):
    """Goes on at once when there is nothing to ask; else waits for Approve or Reject under Required Actions in the UI.

    In process nobody can be waited for: the night is blocked, and the message names the command that approves it.
    """

    def execute(self, context: Any) -> None:
        """Ask, if identity has a question; a waiting task holds neither the pool nor a worker."""
        import identity
        from guestbook.errors import GateBlocked
        from guestbook.night import APPROVAL_STAGE

        with stage(APPROVAL_STAGE) as now:
            if now.is_past:
                return
            with now.warehouse() as con:
                question = identity.approval_question(con, now.settings, now.night_date)
            if question and (context["dag_run"].conf or {}).get("is_in_process"):
                raise GateBlocked(question)
        if question:
            self.body = question
            super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> None:
        """Record the yes; a no, or no answer in time, blocks the night."""
        import identity
        from guestbook.errors import GateBlocked
        from guestbook.night import APPROVAL_STAGE

        answer = super().execute_complete(context, event)
        who = (answer["responded_by_user"] or {}).get("name") or "a user of Airflow"
        with stage(APPROVAL_STAGE) as now:
            if answer["chosen_options"] != [APPROVE]:
                raise GateBlocked(
                    f"{who} rejected the identities of the night of {now.night_date}: no id became permanent."
                    " Decide about the pairs (`guestbook identity review`, `guestbook identity link`);"
                    " then run the night again"
                )
            identity.approve(now.settings, now.night_date, "approved in Airflow", who, str(answer["responded_at"]))


def approve_identity() -> ApproveIdentity:
    """The task; it may wait for as long as it takes, its own work may not."""
    task = ApproveIdentity(
        task_id="approve_identity",
        subject="Many known customers would change tonight",
        options=[APPROVE, REJECT],
        notifiers=OpenQuestion(),
        pool=WAREHOUSE_POOL,
        execution_timeout=None,  # Airflow would read it as how long a person may think
    )
    task.execution_timeout = DEFAULT_ARGS["execution_timeout"]
    return task
