# SPDX-License-Identifier: GPL-2.0
"""The web program of a deployment: everything it needs is at one address.

web.py ADDRESS: asks a MariaDB, a Redis and an HTTP server, each for something
only that server can answer, and prints one line for each.
"""

import socket
import sys
import urllib.request

import pymysql


def mariadb(address):
    db = pymysql.connect(host=address, port=3306, user="web", connect_timeout=60)
    with db.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS shop")
        cursor.execute("CREATE TABLE IF NOT EXISTS shop.t (n INT)")
        cursor.executemany("INSERT INTO shop.t VALUES (%s)",
                           [(n,) for n in range(100)])
        db.commit()
        cursor.execute("SELECT SUM(n), VERSION() FROM shop.t")
        total, version = cursor.fetchone()
        cursor.execute("DROP DATABASE shop")
    db.close()
    kind = "MariaDB" if "MariaDB" in version else version
    return f"{kind} {total}"


def redis(address):
    sock = socket.create_connection((address, 6379), timeout=60)
    stream = sock.makefile("rwb")

    def command(*words):
        stream.write(b"*%d\r\n" % len(words))
        for word in words:
            stream.write(b"$%d\r\n%s\r\n" % (len(word), word))
        stream.flush()
        first = stream.readline().strip()
        if first[:1] == b"$":
            return stream.read(int(first[1:]) + 2)[:-2].decode()
        return first[1:].decode()

    command(b"SET", b"cart", b"y" * 100000)
    kept = len(command(b"GET", b"cart"))
    seen = [word for word in command(b"CLIENT", b"LIST").split()
            if word.startswith("addr=")][0][5:].rsplit(":", 1)[0]
    return f"Redis {kept} from {seen}"


def http(address):
    with urllib.request.urlopen(f"http://{address}:8001/page", timeout=60) as page:
        return f"HTTP {page.status} {len(page.read())}"


def main():
    address = sys.argv[1]
    for ask in mariadb, redis, http:
        print(ask(address), flush=True)


main()
