from django.urls import path

from lessons import views

app_name = "lessons"
LESSON = "<uuid:syllabus_id>/<int:module_index>/<int:lesson_index>/"
urlpatterns = [
    path(LESSON, views.detail, name="detail"),
    path(f"{LESSON}generate/", views.generate_content, name="generate_content"),
    path(f"{LESSON}interact/", views.interact, name="interact"),
]
