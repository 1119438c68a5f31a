"""Files that are still being written are left alone: one rule for every landing, a folder or S3.

A file is taken when

1. its name does not say that it is unfinished: no `.` or `_` in front, no `~`, `.tmp`, `.temp`, `.part`, `.partial`,
   `.filepart`, `.crdownload`, `.inprogress` or `.uploading` behind;
2. its marker lies beside it, where markers are in use (`landing_marker`): one file for the folder (`_SUCCESS`), or one
   for each file (`.done`: `a.csv` is taken once there is `a.csv.done`);
3. it has not changed for `landing_quiet_seconds`. At 0, a file that changed in the last seconds is looked at twice, and
   is taken when nothing happened in between.
"""

import re
from collections.abc import Collection

IN_PROGRESS = re.compile(
    r"^[._]|[.](tmp|temp|part|partial|filepart|crdownload|inprogress|uploading)$|~$", re.IGNORECASE
)


def is_finished(name: str, beside: Collection[str], marker: str | None) -> bool:
    """Whether a name is that of a whole delivery; `beside` are all names in its folder."""
    if IN_PROGRESS.search(name) or name == marker:
        return False
    if marker is None:
        return True
    if marker.startswith("."):
        return not name.endswith(marker) and name + marker in beside
    return marker in beside
