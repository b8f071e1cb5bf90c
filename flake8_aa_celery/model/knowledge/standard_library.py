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
