"""How web frameworks beside Django itself make views: Django REST framework, Django Ninja, Flask, FastAPI.

https://www.django-rest-framework.org/api-guide/viewsets/, https://www.django-rest-framework.org/api-guide/serializers/,
https://django-ninja.dev/, https://flask.palletsprojects.com/, https://fastapi.tiangolo.com/
"""

from __future__ import annotations

REST_FRAMEWORK = "rest_framework."
#: How the names of those of its classes end whose methods answer requests.
VIEW_CLASSES = ("View", "ViewSet", "Mixin")
#: The methods of its views and sets of views that run for a request.
VIEW_METHODS = frozenset(
    {
        "create", "destroy", "finalize_response", "get_queryset", "initial", "list", "partial_update",
        "perform_create", "perform_destroy", "perform_update", "retrieve", "update",
    }
)  # fmt: skip
SERIALIZERS = "Serializer"
#: The methods of its serializers that save what a request brings.
SERIALIZER_METHODS = frozenset({"create", "save", "to_internal_value", "to_representation", "update", "validate"})
#: Decorators that make a view of a function or a method.
VIEW_DECORATORS = frozenset({"rest_framework.decorators.action", "rest_framework.decorators.api_view"})
#: What holds routes.
ROUTERS = frozenset(
    {
        "fastapi.APIRouter()", "fastapi.FastAPI()", "flask.Blueprint()", "flask.Flask()", "ninja.NinjaAPI()",
        "ninja.Router()", "quart.Blueprint()", "quart.Quart()",
    }
)  # fmt: skip
#: Its methods that make a view of a function.
ROUTES = frozenset(
    {"api_operation", "api_route", "delete", "get", "head", "options", "patch", "post", "put", "route", "websocket"}
)
