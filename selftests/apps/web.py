# SPDX-License-Identifier: GPL-2.0
"""The web program of a deployment: it passes uploads on to the services program.

    SERVICES=http://10.100.0.11:8001 gunicorn -k gthread --threads 8 -b 127.0.0.1:8000 web:app

It holds at most one chunk of an upload, and writes nothing to disk. If the services program
does not answer within CONNECT seconds, or says nothing for TIMEOUT seconds, the user gets
the status 503.
"""

import http.client
import os
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request

SERVICES = urlsplit(os.environ.get("SERVICES", "http://127.0.0.1:8001"))
CONNECT = float(os.environ.get("CONNECT", "2"))
TIMEOUT = float(os.environ.get("TIMEOUT", "60"))
CHUNK = 256 * 1024
app = Flask(__name__)


def chunks(stream, length):
    """The upload as it comes. One that ends early is an error, so that nobody takes the
    part for the whole."""
    while length:
        chunk = stream.read(min(CHUNK, length))
        if not chunk:
            raise ConnectionError("the user has gone")
        length -= len(chunk)
        yield chunk


def connection():
    """A connection to the services program."""
    made = http.client.HTTPConnection(SERVICES.hostname, SERVICES.port, timeout=CONNECT)
    made.connect()
    made.sock.settimeout(TIMEOUT)
    return made


@app.put("/upload/<name>")
def upload(name):
    length = request.content_length
    if length is None:
        return jsonify(error="Content-Length is missing"), 411
    try:
        services = connection()
    except OSError:
        return jsonify(error="the services host is unreachable"), 503
    try:
        services.request("PUT", f"/files/{name}?digest=1",
                         body=chunks(request.environ["wsgi.input"], length),
                         headers={"Content-Length": str(length)})
        answer = services.getresponse()
        return Response(answer.read(), answer.status, mimetype="application/json")
    except (OSError, http.client.HTTPException):
        return jsonify(error="the services host stopped answering"), 503
    finally:
        services.close()


@app.get("/health")
def health():
    return jsonify(status="ok")
