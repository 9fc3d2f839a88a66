from django.urls import URLPattern

app_name = "syllabus"
urlpatterns: list[URLPattern] = []
