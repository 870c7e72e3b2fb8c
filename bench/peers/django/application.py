"""Django OAuth Toolkit with Django REST framework, set up as its tutorial has it, for gunicorn: `application:application`.

`python3 application.py prepare` makes tables, people, groups and a client; `mint KIND COUNT` prints secrets of that kind,
as a browser's part of the flow would have left them.
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
        person = User.objects.create(username=f"user-{index:03}", password="!")
        person.groups.set([groups[index % 10], groups[(index + 1) % 10]])
    common = {"client_type": "confidential", "redirect_uris": CALLBACK, "user": User.objects.first()}
    # One client has one grant there.
    for grant in ["client-credentials", "authorization-code"]:
        Application.objects.create(client_id=grant, client_secret="the secret", authorization_grant_type=grant, **common)


def mint(kind, count):
    app = Application.objects.get(client_id="authorization-code")
    soon = timezone.now() + timedelta(hours=1)
    person = User.objects.order_by("id").first()
    made = [secrets.token_urlsafe(32) for _ in range(count)]
    common = {"application": app, "user": person}
    if kind == "code":
        rows = [Grant(code=one, expires=soon, redirect_uri=CALLBACK, scope="read", **common) for one in made]
        Grant.objects.bulk_create(rows)
        return made
    access = [AccessToken(token=one, expires=soon, scope="read groups", **common) for one in made]
    rows = AccessToken.objects.bulk_create(access)
    if kind == "refresh":
        RefreshToken.objects.bulk_create(RefreshToken(token=f"r{row.token}", access_token=row, **common) for row in rows)
        return [f"r{one}" for one in made]
    return made


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        print(json.dumps(mint(sys.argv[2], int(sys.argv[3]))))
