"""Django, with asgiref and its REST framework: what its ORM returns, and what it calls.

https://docs.djangoproject.com/en/stable/ref/models/querysets/
"""

from __future__ import annotations

#: Methods of a manager or queryset that return one row.
ONE_ROW = frozenset(
    {"get", "create", "first", "last", "latest", "earliest"}
    | {"aget", "acreate", "afirst", "alast", "alatest", "aearliest"}
)
#: Those that return a row and whether it is new.
ROW_AND_FLAG = frozenset({"get_or_create", "update_or_create", "aget_or_create", "aupdate_or_create"})
#: Those that return rows again.
ROWS_AGAIN = frozenset(
    {"all", "annotate", "complex_filter", "defer", "difference", "distinct", "exclude", "extra", "filter"}
    | {"intersection", "none", "only", "order_by", "prefetch_related", "reverse", "select_for_update"}
    | {"select_related", "union", "using"}
)
#: Those that return the rows themselves, as a list or one after the other.
ROWS_THEMSELVES = frozenset({"aiterator", "bulk_create", "get_queryset", "iterator", "raw"})
#: Those whose items are no instances of the model.
NO_INSTANCES = frozenset({"values", "values_list", "dates", "datetimes"})
#: The names by which a model offers its manager if it defines none.
DEFAULT_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})

MODELS = frozenset({"django.contrib.auth.models.AbstractUser", "django.db.models.Model"})
#: Fields that lead to one row of another model, and to many.
TO_ONE = frozenset({"ForeignKey", "OneToOneField"})
TO_MANY = frozenset({"ManyToManyField"})
_MODULES = ("django.db.models.", "django.db.models.fields.related.")
#: What makes a manager of a queryset.
FROM_QUERYSET = "from_queryset"
AS_MANAGER = "as_manager"

# -- what asks the database ---------------------------------------------------------------------------------------

#: What returns a model by its name.
MODEL_GETTERS = frozenset({"get_model", "get_user_model"})
#: Shortcuts that fetch rows.
FETCHES = frozenset({"get_list_or_404", "get_object_or_404"})
#: Methods that a queryset has and little else.
QUERIES = frozenset(
    {"aggregate", "all", "annotate", "count", "distinct", "exclude", "exists", "filter", "first", "in_bulk", "iterator"}
    | {"last", "only", "order_by", "prefetch_related", "select_related", "values", "values_list"}
)
#: Methods of a queryset that return no more rows than it has.
SAME_ROWS = frozenset({"all", "iterator", "prefetch_related", "select_related"})
#: What leads from a user to many rows.
RELATED = frozenset({"groups", "user_permissions"})
#: Methods of a model that write its row.
SAVES = frozenset({"asave", "save"})

# -- transactions --------------------------------------------------------------------------------------------------

#: What opens a transaction, as a decorator or in a ``with``.
ATOMIC = "django.db.transaction.atomic"
#: What keeps a view out of the transaction that ``ATOMIC_REQUESTS`` puts around it.
NOT_ATOMIC = "django.db.transaction.non_atomic_requests"
#: The method of a queryset that Django refuses outside of a transaction.
LOCKS = "select_for_update"

# -- functions that Django calls -----------------------------------------------------------------------------------

#: What applies a decorator of functions to methods.
METHOD_DECORATOR = "django.utils.decorators.method_decorator"
#: What connects a function to signals, as a decorator.
RECEIVERS = frozenset({"django.dispatch.dispatcher.receiver", "django.dispatch.receiver"})
#: The signals that Django sends while it saves, changes or deletes rows.
SIGNALS_OF_SAVING = frozenset({"m2m_changed", "post_delete", "post_save", "pre_delete", "pre_save"})
#: Those of them that it always sends in a transaction of its own.
SIGNALS_IN_TRANSACTIONS = frozenset({"m2m_changed", "post_delete", "pre_delete"})
#: The methods of a class-based view that answer a request.
VIEW_METHODS = frozenset({"delete", "dispatch", "form_invalid", "form_valid", "get", "patch", "post", "put"})
#: Where views come from.
VIEWS = ("django.", "rest_framework.")
#: How the classes of Django, and those that libraries derive from them, are called.
ADMIN_CLASSES = ("Admin", "AdminMixin", "StackedInline", "TabularInline")
#: The second parameter of what has the request as its first: an admin's action.
ADMIN_ACTION = "queryset"
#: How an action may call these rows.
PICKED_ROWS = frozenset({ADMIN_ACTION, "qs"})
#: The parameters that hold what a person has picked, with the method that has one, and what its class is derived from.
PICKED_BY = {"formset": ("save_formset", ADMIN_CLASSES), "options": ("handle", ("BaseCommand",))}
#: What sends the browser elsewhere without saying anything.
REDIRECTS = frozenset({"redirect", "HttpResponsePermanentRedirect", "HttpResponseRedirect"})
#: The folder that holds its commands.
COMMANDS = "/management/commands/"
#: Functions that call what they are given, here or after the transaction.
CALLERS = frozenset({"call_command", "get_or_set", "on_commit"})
#: What makes a function that waits of a coroutine.
SYNCHRONOUS = "asgiref.sync.async_to_sync"
#: What makes a property of a method.
CACHED_PROPERTY = "django.utils.functional.cached_property"
#: Decorators that leave alone what a function returns.
LEAVES_RESULT = frozenset({ATOMIC, CACHED_PROPERTY, "django.utils.timezone.override"})
#: What tells the time.
NOW = frozenset({"django.utils.timezone.localtime()", "django.utils.timezone.now()"})


def field(dotted: str) -> str:
    """``ForeignKey`` of what a call of a field of Django's is known by; empty for anything else."""
    if not dotted.startswith(_MODULES) or not dotted.endswith("()"):
        return ""
    return dotted[:-2].rpartition(".")[2]


#: Modules that Django, its admin, Alliance Auth or a well-known app imports by their names from every installed app.
IMPORTED_MODULES = frozenset(
    {"admin", "apps", "auth_hooks", "checks", "cms_apps", "cms_menus", "cms_plugins", "cms_toolbars"}
    | {"dynamic_preferences_registry", "models", "rules", "search_indexes", "settings", "translation", "urls"}
    | {"wagtail_hooks"}
)
#: Packages whose modules it imports.
IMPORTED_PACKAGES = frozenset({"models", "settings", "templatetags"})
#: What runs a function after the commit.
ON_COMMIT = "django.db.transaction.on_commit"
