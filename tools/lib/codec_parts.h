/* SPDX-License-Identifier: GPL-2.0 */
/* The attributes that have one form in naawg's netlink family and in the stock driver's. */

#ifndef NAAWG_CODEC_PARTS_H
#define NAAWG_CODEC_PARTS_H

#include <libmnl/libmnl.h>

#include "lib/model.h"

#define ATTR_LEN(payload)	(MNL_ALIGN(MNL_ATTR_HDRLEN + (payload)))

/* The largest sizes of parts that must not be split. */
#define IP_ROOM		(MNL_ATTR_HDRLEN + ATTR_LEN(2) + ATTR_LEN(16) + ATTR_LEN(1) + ATTR_LEN(4))
#define PEER_ROOM	(MNL_ATTR_HDRLEN + 2 * ATTR_LEN(KEY_LEN) + ATTR_LEN(4) + \
			 ATTR_LEN(sizeof(struct sockaddr_in6)) + ATTR_LEN(2))

/* The length field of an attribute, nests included, has 16 bits. */
#define NEST_MAX	(UINT16_MAX - IP_ROOM)

/* A network, as a nest of this type. */
void codec_put_net(struct nlmsghdr *nlh, uint16_t type, const struct allowed_ip *ip);
void codec_put_endpoint(struct nlmsghdr *nlh, const union endpoint *endpoint);

/* These return 0 or a negative errno. The first one copies exactly @len bytes. */
int codec_get_exact(void *to, const struct nlattr *attr, size_t len);
int codec_get_net(struct allowed_ip *ip, const struct nlattr *nest);
int codec_get_endpoint(union endpoint *endpoint, const struct nlattr *attr);

#endif
