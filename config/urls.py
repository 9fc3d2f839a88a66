from django.contrib import admin
from django.urls import include, path

from taskqueue import health
from taskqueue.metrics import metrics

urlpatterns = [
    path("", include("core.urls")),
    path("syllabus/", include("syllabus.urls")),
    path("lessons/", include("lessons.urls")),
    path("api/tasks/", include("taskqueue.urls")),
    path("healthz", health.live, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
]
