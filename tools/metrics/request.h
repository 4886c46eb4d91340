/* SPDX-License-Identifier: GPL-2.0 */
/* Parses a request of HTTP/1.0 or HTTP/1.1. */

#ifndef NAAWG_METRICS_REQUEST_H
#define NAAWG_METRICS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

/* No longer request is read: its first line and its header together. */
#define REQUEST_MAX	8192
/* A longer name of a host is cut. */
#define HOST_LEN	128

enum http_status {
	HTTP_INCOMPLETE		= 0,	/* read on */
	HTTP_OK			= 200,
	HTTP_BAD_REQUEST	= 400,
	HTTP_NOT_FOUND		= 404,
	HTTP_BAD_METHOD		= 405,
	HTTP_TIMEOUT		= 408,
	HTTP_BODY_TOO_LARGE	= 413,
	HTTP_TARGET_TOO_LONG	= 414,
	HTTP_MISDIRECTED	= 421,
	HTTP_HEADER_TOO_LARGE	= 431,
	HTTP_BUSY		= 503,
	HTTP_BAD_VERSION	= 505,
};

struct request {
	bool head;		/* HEAD: the answer has no body */
	bool metrics;		/* /metrics, else the page / */
	bool still;		/* the page shall not be read again */
	char host[HOST_LEN];	/* as the header Host has it, without the port; "": there is none */
};

/* Parses the first @len bytes of a connection. After HTTP_OK, @request is complete. */
enum http_status request_parse(struct request *request, const char *bytes, size_t len);

#endif
