from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
    path("syllabus/", include("syllabus.urls")),
    path("lessons/", include("lessons.urls")),
    path("api/tasks/", include("taskqueue.urls")),
    path("admin/", admin.site.urls),
]
