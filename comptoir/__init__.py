"""Comptoir: a client-support centre whose appointment hours are shared out fairly and provably.

The first thing the package does is to fix where time zones come from: the pinned `tzdata` wheel
and never the system's copy, which may be years old and silently wrong (ADR 0006). The variable is
for child processes; the reset and the cleared cache are for this one.
"""

import os
import zoneinfo

os.environ["PYTHONTZPATH"] = ""
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
