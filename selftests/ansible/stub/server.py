#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A stub that plays Proxmox VE or NetBox for the roles of the collection.

    server.py proxmox|netbox CERTIFICATE SECRET LOG

It listens on a free port of 127.0.0.1 with TLS and prints the port. A request without SECRET
is refused. The fields of a request are checked against the schemas of the service, which were
written from its published API; a request that does not fit is refused and stands in LOG as
"refused". The stub keeps its state in memory. GET /stub/state returns it, and a test changes it
by PUT /stub/state.
"""
import importlib
import json
import os
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qs, urlsplit

import jsonschema
import yaml

HERE = os.path.dirname(os.path.realpath(__file__))


class Refused(Exception):
    """The answer to a request that the service would refuse."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def coerced(fields, schema):
    """Fields of a form, with the types that the schema gives them."""
    done = {}
    for name, value in fields.items():
        kind = schema.get("properties", {}).get(name, {}).get("type")
        if isinstance(value, str) and kind in ("integer", "number"):
            try:
                value = int(value) if kind == "integer" else float(value)
            except ValueError:
                pass
        elif kind == "boolean" and value in ("0", "1"):
            value = value == "1"
        done[name] = value
    return done


class Schemas:
    """Schemas of requests, by method and path."""

    def __init__(self, service):
        with open(os.path.join(HERE, f"{service}.yml"), encoding="utf-8") as file:
            self.by_request = yaml.safe_load(file)

    def check(self, method, pattern, fields):
        """The fields with their types. A request without a schema has none."""
        schema = self.by_request.get(f"{method} {pattern}")
        if schema is None:
            if method != "GET" and fields:
                raise Refused(400, f"{method} {pattern} has no schema and takes no field")
            return fields
        fields = coerced(fields, schema)
        error = jsonschema.exceptions.best_match(
            jsonschema.Draft7Validator(schema).iter_errors(fields))
        if error:
            where = ".".join(str(part) for part in error.path)
            raise Refused(400, f"{method} {pattern}: {where}: {error.message}")
        return fields


def matched(pattern, path):
    """Values of the {names} of PATTERN in PATH; None if it does not match."""
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    if len(wanted) != len(given):
        return None
    names = {}
    for one, other in zip(wanted, given):
        if one.startswith("{"):
            names[one.strip("{}")] = other
        elif one != other:
            return None
    return names


class Handler(BaseHTTPRequestHandler):
    """Requests of one connection."""
    protocol_version = "HTTP/1.1"
    service = schemas = secret = log = None
    lock = Lock()

    def fields(self):
        """Fields of the body."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if "json" in (self.headers.get("Content-Type") or ""):
            return json.loads(body or "{}")
        return {name: values[-1] for name, values in
                parse_qs(body, keep_blank_values=True).items()}

    def answer(self, status, value, headers=()):
        """Send VALUE as JSON."""
        body = b"" if status == 204 else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in headers:
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def of_test(self, fields):
        """A request of the test itself."""
        if self.command == "PUT":
            self.service.change(fields)
        self.answer(200, self.service.state())

    def served(self, path, query, fields):
        """Status and value of the answer, by the routes of the service."""
        if path.strip("/") in self.service.public:
            return 200, {}
        if self.headers.get("Authorization") != self.service.authorization(self.secret):
            raise Refused(*self.service.unknown_token)
        for method, pattern, function in self.service.routes():
            names = matched(pattern, path)
            if method == self.command and names is not None:
                query = {name: values[-1] for name, values in parse_qs(query).items()}
                if method == "DELETE":
                    query, fields = {}, dict(query, **fields)
                fields = self.schemas.check(method, pattern, fields)
                return function(names, query, fields)
        raise Refused(501, f"the stub has no {self.command} {path}")

    def handle_request(self):
        """One request of any method."""
        split = urlsplit(self.path)
        fields = self.fields()
        with self.lock:
            if split.path == "/stub/state":
                self.of_test(fields)
                return
            try:
                status, value = self.served(split.path, split.query, fields)
                self.log.write(f"stub: {self.command} {self.path}\n")
            except Refused as refused:
                status, value = refused.status, self.service.error(str(refused))
                self.log.write(f"stub: refused {self.command} {self.path}: {refused}\n")
            self.log.flush()
            self.answer(status, value, self.service.headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_request

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Nothing: the log has the requests."""


def main():
    """Serve until the process is ended."""
    name, certificate, secret, log = sys.argv[1:]
    sys.path.insert(0, HERE)
    Handler.service = importlib.import_module(name).Service(Refused)
    Handler.schemas = Schemas(name)
    Handler.secret = secret
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    with open(log, "a", encoding="utf-8") as file:
        Handler.log = file
        server.serve_forever()


if __name__ == "__main__":
    main()
