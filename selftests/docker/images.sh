# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The images that the compose files name, from one root file system. Programs of images of
# the Docker Hub are replaced by scripts that have the same name and take the same
# variables.

# image NAME LINE...: built from debian:bookworm-slim with these lines and the files
# of $TMP/context
image()
{
	local name=$1

	shift
	printf '%s\n' 'FROM debian:bookworm-slim' "$@" >"$TMP/context/Dockerfile"
	docker build -q -t "$name" "$TMP/context"
}

mariadb_image()
{
	cat >"$TMP/context/start" <<-'START'
	#!/bin/sh
	set -eu
	data=/var/lib/mysql
	mkdir -p /run/mysqld
	if [ ! -d $data/mysql ]; then
		mysql_install_db --user=root --datadir=$data --skip-test-db \
			--skip-log-bin --auth-root-authentication-method=normal >/dev/null
		cat >$data/init.sql <<-SQL
			CREATE DATABASE $MARIADB_DATABASE;
			CREATE USER $MARIADB_USER@'%' IDENTIFIED BY '$(cat "$MARIADB_PASSWORD_FILE")';
			GRANT ALL ON $MARIADB_DATABASE.* TO $MARIADB_USER@'%';
			ALTER USER root@localhost IDENTIFIED BY '$(cat "$MARIADB_ROOT_PASSWORD_FILE")';
		SQL
		set -- --init-file=$data/init.sql
	fi
	exec mariadbd --user=root --bind-address=0.0.0.0 --skip-log-bin --skip-name-resolve \
		--innodb-buffer-pool-size=8M --innodb-log-file-size=4M "$@"
	START
	cat >"$TMP/context/healthcheck.sh" <<-'HEALTH'
	#!/bin/sh
	exec mariadb -h 127.0.0.1 -u "$MARIADB_USER" -p"$(cat "$MARIADB_PASSWORD_FILE")" \
		-e 'SELECT 1' "$MARIADB_DATABASE"
	HEALTH
	chmod 755 "$TMP"/context/*
	image mariadb:11 'COPY start healthcheck.sh /usr/local/bin/' \
		'CMD ["/usr/local/bin/start"]'
}

images()
{
	mkdir -p "$TMP/context"
	docker import "$BASE_TAR" debian:bookworm-slim
	docker tag debian:bookworm-slim python:3-slim
	image redis:7 'CMD ["redis-server", "--protected-mode", "no", "--save", ""]'
	mariadb_image
}
