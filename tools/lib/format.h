/* SPDX-License-Identifier: GPL-2.0 */
/* Colours for people, and how people read times, sizes and addresses. */

#ifndef NAAWG_FORMAT_H
#define NAAWG_FORMAT_H

#include <stdint.h>

#include "lib/model.h"

/*
 * Each gives its escape sequence, or nothing when standard output is not to
 * be coloured: WG_COLOR_MODE decides, else NO_COLOR, else whether it is a
 * terminal.
 */
const char *color_reset(void);
const char *color_bold(void);
const char *color_red(void);
const char *color_green(void);
const char *color_yellow(void);
const char *color_cyan(void);

/* "1 hour, 2 seconds", "1.46 KiB", each unit coloured. */
void format_print_duration(uint64_t seconds);
void format_print_bytes(uint64_t bytes);

#define ENDPOINT_TEXT_LEN	(INET6_ADDRSTRLEN + IFNAMSIZ + sizeof("[]%:65535"))
#define ADDRESS_TEXT_LEN	INET6_ADDRSTRLEN

/* 192.0.2.1:51820, [2001:db8::1]:51820, [fe80::1%eth0]:51820 */
const char *endpoint_text(char text[static ENDPOINT_TEXT_LEN], const union endpoint *endpoint);
const char *address_text(char text[static ADDRESS_TEXT_LEN], const struct allowed_ip *ip);

/* How to call a peer: by its name, else by its public key. */
#define PEER_LABEL_LEN	80
const char *peer_label(char label[static PEER_LABEL_LEN], const struct peer *peer);

#endif
