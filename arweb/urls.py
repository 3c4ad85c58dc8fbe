"""Every address of the application."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from arweb import views
from inference.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path(
        "accounts/login/",
        auth.LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("preferences/language/", views.set_language, name="set_language"),
    path("preferences/theme/", views.set_theme, name="set_theme"),
    path("media/<path:name>", views.media, name="media"),
    path("admin/", admin.site.urls),
    path("", include("rules.urls")),
    path("", include("annotation.urls")),
    path("", include("inference.urls")),
]
