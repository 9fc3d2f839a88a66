from django.urls import path

from taskqueue import views
from taskqueue.events import task_events

app_name = "taskqueue"
urlpatterns = [
    path("tray/", views.tray, name="tray"),
    path("<uuid:task_id>/status/", views.check_task_status, name="status"),
    path("<uuid:task_id>/events/", task_events, name="events"),
    path("<uuid:task_id>/cancel/", views.cancel_task, name="cancel"),
    path("<uuid:task_id>/see/", views.see_task, name="see"),
    path("<uuid:task_id>/open/", views.open_task, name="open"),
    path("<uuid:task_id>/retry/", views.retry_task, name="retry"),
]
