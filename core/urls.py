from django.urls import URLPattern, URLResolver, include, path

from core import views
from core.accounts.views import account, change_password, reset_password, signup
from core.theme import choose_theme

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("favicon.ico", views.favicon),
    path("connect/", views.connect, name="connect"),
    path("theme/", choose_theme, name="theme"),
    path("accounts/account/", account, name="account"),
    path("accounts/signup/", signup, name="signup"),
    # Before Django's own, which have the same names, to be throttled.
    path("accounts/password_change/", change_password, name="password_change"),
    path("accounts/password_reset/", reset_password, name="password_reset"),
    path("accounts/", include("django.contrib.auth.urls")),
    path("styleguide/", views.styleguide, name="styleguide"),
]
