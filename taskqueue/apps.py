from background_task.apps import BackgroundTasksAppConfig
from django.apps import AppConfig
from django.conf import settings


class TaskQueueConfig(AppConfig):
    name = "taskqueue"
    verbose_name = "AI tasks"
    default = True

    def ready(self) -> None:
        from taskqueue import checks  # noqa: F401  (registers the system checks)

        if settings.TASKQUEUE_ENGINE == "celery":
            from taskqueue.celery.doorbell import announce_new_rows

            announce_new_rows()


class BackgroundTasksConfig(BackgroundTasksAppConfig):  # type: ignore[misc]
    """The library's app with the key type its migrations were written for."""

    name = "background_task"
    default_auto_field = "django.db.models.AutoField"
    default = False
