"""What a load balancer and an operator's alarm ask: is this process up, and can it do its work."""

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from taskqueue.overview import how_to_start, is_anyone_working


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process answers at all; it looks at nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when learners can be served, else 503 naming what is missing."""
    problems = find_problems()
    if problems:
        return JsonResponse(
            {"status": "error", "code": "not_ready", "problems": problems}, status=503
        )
    return JsonResponse({"status": "ok"})


def find_problems() -> list[str]:
    """Return what keeps this installation from working, in words for an operator; empty when nothing does."""
    try:
        if _unapplied_migrations():
            return ["Migrations are not applied: run manage.py migrate."]
        if not is_anyone_working():
            return [f"No worker has beaten recently: start {how_to_start()}."]
    except DatabaseError:
        return ["The database cannot be reached."]
    return []


def _unapplied_migrations() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
