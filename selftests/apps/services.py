# SPDX-License-Identifier: GPL-2.0
"""The services program of a deployment: it keeps files, and gives them back.

    STORE=DIR gunicorn -k gthread --threads 8 -b 127.0.0.1:8001 services:app

A file appears under its name when the whole of it has come. If its sender ends early,
nothing of it stays.
"""

import hashlib
import os
import socket

from flask import Flask, abort, jsonify, request, send_file
from werkzeug.utils import secure_filename

STORE = os.environ.get("STORE", "/run/store")
CHUNK = 256 * 1024
app = Flask(__name__)


def place(name):
    """The path of a file; 404 for names that are paths."""
    if not name or secure_filename(name) != name:
        abort(404)
    return os.path.join(STORE, name)


def notice_loss(connection):
    """A sender that went while the line was cut is noticed within 50 s, as its host no longer
    knows the connection."""
    for level, name, value in ((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
                               (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20),
                               (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
                               (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)):
        connection.setsockopt(level, name, value)


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.put("/files/<name>")
def put(name):
    path, wanted, got = place(name), request.content_length, 0
    digest = hashlib.sha256()
    part = f"{path}.part"
    if request.environ["gunicorn.socket"].family != socket.AF_UNIX:
        notice_loss(request.environ["gunicorn.socket"])
    try:
        with open(part, "wb") as file:
            while chunk := request.environ["wsgi.input"].read(CHUNK):
                file.write(chunk)
                got += len(chunk)
                if "digest" in request.args:
                    digest.update(chunk)
        if got != wanted:
            abort(400, f"{got} of {wanted} bytes came")
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.unlink(part)
    return jsonify(bytes=got, sha256=digest.hexdigest() if "digest" in request.args else None)


@app.get("/files/<name>")
def get(name):
    if not os.path.exists(place(name)):
        abort(404)
    return send_file(place(name), mimetype="application/octet-stream", conditional=False)


@app.delete("/files/<name>")
def delete(name):
    os.unlink(place(name))
    return jsonify(status="gone")
