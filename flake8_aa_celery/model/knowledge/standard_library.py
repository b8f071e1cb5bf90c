"""Python's own modules that wait: for the network, for a process, for time to pass."""

from __future__ import annotations

PACKAGES = frozenset({"os", "smtplib", "subprocess", "time", "urllib"})

#: What waits.
BLOCKS = (
    r"urllib\.request\.(urlopen|urlretrieve|build_opener\(\)\.open)"
    r"|smtplib\.(SMTP|SMTP_SSL|LMTP)(\(\)\.(connect|login|send_message|sendmail))?"
    r"|time\.sleep"
    r"|subprocess\.(run|call|check_call|check_output|getoutput|getstatusoutput|Popen\(\)\.(wait|communicate))"
    r"|os\.system"
)
NAP = "time.sleep"
#: What waits without a network.
LOCAL = ("os.", "subprocess.", "time.")
#: What runs the coroutine that it is given, and waits for it.
DRIVERS = r"asyncio\.(run|(get_event_loop|new_event_loop)\(\)\.run_until_complete)"
#: Methods that call what they are given, in another thread.
CALLERS = frozenset({"run_in_executor"})
#: What goes on for ever: no items, but tries.
ENDLESS = ("itertools.count", "itertools.cycle", "itertools.repeat")
#: What tells the time.
NOW = frozenset({"datetime.datetime.now()", "datetime.datetime.utcnow()"})

# -- decorators ----------------------------------------------------------------------------------------------------

#: What leaves alone what a function returns.
LEAVES_RESULT = frozenset(
    {"abc.abstractmethod", "builtins.classmethod", "builtins.property", "builtins.staticmethod", "functools.cache"}
    | {"functools.cached_property", "functools.lru_cache", "functools.wraps", "typing.final", "typing.override"}
    | {"typing_extensions.override"}
)
#: What returns the function that it decorates, or hands on what is asked of it as a bound method does.
RETURNS_FUNCTION = frozenset(
    {"atexit.register", "builtins.classmethod", "builtins.staticmethod", "typing.final", "typing.no_type_check"}
)
#: What gives a function the name of another one.
WRAPS = "functools.wraps"
#: What makes a context manager of a generator.
CONTEXT_MANAGERS = frozenset({"contextlib.asynccontextmanager", "contextlib.contextmanager"})
#: The context manager that swallows the exceptions which it is given.
SUPPRESS = "contextlib.suppress"
#: The methods of a context manager that are told of an exception, and swallow it by returning True.
EXITS = frozenset({"__aexit__", "__exit__"})
#: What makes a property of a method.
PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
