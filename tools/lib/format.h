/* SPDX-License-Identifier: GPL-2.0 */
/* Formats colors, times, sizes, addresses and labels for people. */

#ifndef NAAWG_FORMAT_H
#define NAAWG_FORMAT_H

#include <stdint.h>

#include "lib/model.h"

/*
 * Each returns its escape sequence, or "" without colors. WG_COLOR_MODE decides whether
 * there are colors, else NO_COLOR, else whether standard output is a terminal.
 */
const char *color_reset(void);
const char *color_bold(void);
const char *color_red(void);
const char *color_green(void);
const char *color_yellow(void);
const char *color_cyan(void);

/* These print "1 hour, 2 seconds" and "1.46 KiB", with colored units. */
void format_print_duration(uint64_t seconds);
void format_print_bytes(uint64_t bytes);

/* "1.46 KiB", without colors. */
#define BYTES_TEXT_LEN	32
const char *bytes_text(char text[static BYTES_TEXT_LEN], uint64_t bytes);

#define ENDPOINT_TEXT_LEN	(INET6_ADDRSTRLEN + IFNAMSIZ + sizeof("[]%:65535"))
#define ADDRESS_TEXT_LEN	INET6_ADDRSTRLEN

/* 192.0.2.1:51820, [2001:db8::1]:51820, [fe80::1%eth0]:51820 */
const char *endpoint_text(char text[static ENDPOINT_TEXT_LEN], const union endpoint *endpoint);
/* The same without the port: 192.0.2.1, 2001:db8::1, fe80::1%eth0 */
const char *host_text(char text[static ENDPOINT_TEXT_LEN], const union endpoint *endpoint);
const char *address_text(char text[static ADDRESS_TEXT_LEN], const struct allowed_ip *ip);

/* The label of a peer in messages: its name, else its public key. */
#define PEER_LABEL_LEN	80
const char *peer_label(char label[static PEER_LABEL_LEN], const struct peer *peer);

#endif
