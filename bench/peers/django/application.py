"""Django OAuth Toolkit with Django REST framework, configured as in its tutorial. gunicorn runs `application:application`.

`python3 application.py prepare` creates the tables, users, groups and clients. `mint KIND COUNT` creates codes or tokens, as the
browser's part of the flow leaves them in the database, and prints them.
"""

import json
import os
import secrets
import sys
from datetime import timedelta
from urllib.parse import urlsplit

import django
from django.conf import settings

database = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY="the key of the bench",
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="application",
    USE_TZ=True,
    LOGGING_CONFIG=None,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database.path[1:],
            "USER": database.username,
            "HOST": database.hostname,
            "PORT": database.port,
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
        "rest_framework",
    ],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    OAUTH2_PROVIDER={
        "SCOPES": {"read": "Read", "groups": "Groups", "introspection": "Introspect"},
        "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
        "ROTATE_REFRESH_TOKEN": True,
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["oauth2_provider.contrib.rest_framework.OAuth2Authentication"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
        "PAGE_SIZE": 10,
    },
)
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402
from oauth2_provider.contrib.rest_framework import TokenHasScope  # noqa: E402
from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken  # noqa: E402
from rest_framework import generics, permissions, serializers  # noqa: E402


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = Group
        fields = ["name"]


class UserSerializer(serializers.ModelSerializer):
    groups = GroupSerializer(many=True)

    class Meta:
        model = User
        fields = ["username", "groups"]


class Users:
    permission_classes = [permissions.IsAuthenticated, TokenHasScope]
    required_scopes = ["read"]
    queryset = User.objects.order_by("id").prefetch_related("groups")
    serializer_class = UserSerializer


class UserList(Users, generics.ListAPIView):
    pass


class UserDetails(Users, generics.RetrieveAPIView):
    pass


urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("users/", UserList.as_view()),
    path("users/<pk>/", UserDetails.as_view()),
]
application = get_wsgi_application()

CALLBACK = "https://client.example/cb"


def prepare():
    call_command("migrate", verbosity=0)
    groups = [Group.objects.create(name=f"group-{index}") for index in range(10)]
    for index in range(100):
        user = User.objects.create(username=f"user-{index:03}", password="!")
        user.groups.set([groups[index % 10], groups[(index + 1) % 10]])
    common = {"client_type": "confidential", "redirect_uris": CALLBACK, "user": User.objects.first()}
    # In Django OAuth Toolkit a client has exactly one grant type.
    for grant_type in ["client-credentials", "authorization-code"]:
        credentials = {"client_id": grant_type, "client_secret": "the secret"}
        Application.objects.create(authorization_grant_type=grant_type, **credentials, **common)


def mint(kind, count):
    app = Application.objects.get(client_id="authorization-code")
    expires = timezone.now() + timedelta(hours=1)
    user = User.objects.order_by("id").first()
    values = [secrets.token_urlsafe(32) for _ in range(count)]
    common = {"application": app, "user": user}
    if kind == "code":
        rows = [Grant(code=value, expires=expires, redirect_uri=CALLBACK, scope="read", **common) for value in values]
        Grant.objects.bulk_create(rows)
        return values
    access = [AccessToken(token=value, expires=expires, scope="read groups", **common) for value in values]
    rows = AccessToken.objects.bulk_create(access)
    if kind == "refresh":
        RefreshToken.objects.bulk_create(RefreshToken(token=f"r{row.token}", access_token=row, **common) for row in rows)
        return [f"r{value}" for value in values]
    return values


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        print(json.dumps(mint(sys.argv[2], int(sys.argv[3]))))
