from django.urls import URLPattern

app_name = "taskqueue"
urlpatterns: list[URLPattern] = []
