from django.urls import path

from syllabus import views

app_name = "syllabus"
urlpatterns = [
    path("", views.course_list, name="list"),
    path("generate/", views.generate, name="generate"),
    path("wait/<uuid:task_id>/", views.wait_for_generation, name="wait_for_generation"),
    path("<uuid:syllabus_id>/", views.detail, name="detail"),
]
