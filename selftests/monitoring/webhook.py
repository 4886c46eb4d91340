#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A receiver of alerts: appends one line for each alert that Alertmanager sends.

    webhook.py PORT FILE
"""
import http.server
import json
import sys


class Receiver(http.server.BaseHTTPRequestHandler):
    """Writes status, name, host and summary of each alert."""

    def do_POST(self):  # pylint: disable=invalid-name
        """One message of Alertmanager."""
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(sys.argv[2], "a", encoding="utf-8") as file:
            for alert in said["alerts"]:
                labels = alert["labels"]
                print(alert["status"], labels["alertname"], labels.get("instance"),
                      labels.get("name", "-"), alert["annotations"]["summary"], file=file)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args):  # pylint: disable=arguments-differ
        """Say nothing."""


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
