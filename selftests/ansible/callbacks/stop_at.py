# SPDX-License-Identifier: GPL-2.0
"""Callback plugin for tests: the controller dies, or a command runs, when a task begins.

STOP_AT has the name of the task, or TASK:N for the Nth task of that name. With STOP_COMMAND this
command runs; without it, the controller ends as if it had been killed. TASKS names a file that
gets the names of all tasks.
"""

import collections
import os
import subprocess

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: stop_at
    type: aggregate
    short_description: end the controller when a task begins
    description: see above
"""


class CallbackModule(CallbackBase):
    """The plugin."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "stop_at"

    def __init__(self):
        super().__init__()
        self.seen = collections.Counter()

    def v2_playbook_on_task_start(self, task, is_conditional):
        """A task begins; the one before it has ended on all hosts."""
        name = task.get_name()
        self.seen[name] += 1
        if os.environ.get("TASKS"):
            with open(os.environ["TASKS"], "a", encoding="utf-8") as names:
                print("%s:%d" % (name, self.seen[name]), file=names)
        wanted = os.environ.get("STOP_AT")
        if wanted not in (name, "%s:%d" % (name, self.seen[name])):
            return
        if os.environ.get("STOP_COMMAND"):
            subprocess.run(os.environ["STOP_COMMAND"], shell=True, check=True)
        else:
            os._exit(9)
