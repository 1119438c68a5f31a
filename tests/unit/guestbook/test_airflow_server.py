"""What is left of a server that ends: nothing, whatever became of its components."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from guestbook.airflow_server import _stop

# Tells the number of a child that outlives its parent.
COMPONENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("is_killed", [False, True])
def test_children_end_with_their_component_and_after_it(is_killed: bool) -> None:
    """A scheduler that is killed leaves its workers without a parent."""
    component = subprocess.Popen([sys.executable, "-c", COMPONENT], stdout=subprocess.PIPE, start_new_session=True)
    assert component.stdout is not None
    child = psutil.Process(int(component.stdout.readline()))
    if is_killed:
        os.kill(component.pid, signal.SIGKILL)
        component.wait()
    _stop([component])
    assert component.poll() is not None
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
