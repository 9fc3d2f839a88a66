from background_task.apps import BackgroundTasksAppConfig
from django.apps import AppConfig


class TaskQueueConfig(AppConfig):
    name = "taskqueue"
    verbose_name = "AI tasks"
    default = True

    def ready(self) -> None:
        from taskqueue import checks  # noqa: F401  (registers the system checks)


class BackgroundTasksConfig(BackgroundTasksAppConfig):  # type: ignore[misc]
    """The library's app with the key type its migrations were written for."""

    name = "background_task"
    default_auto_field = "django.db.models.AutoField"
    default = False
