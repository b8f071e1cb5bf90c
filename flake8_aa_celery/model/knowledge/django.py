"""What Django's ORM returns, by the names of its methods and fields.

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
