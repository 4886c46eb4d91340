/* SPDX-License-Identifier: GPL-2.0 */
/* Trace points of sealed and opened batches. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM naawg

#if !defined(_NAAWG_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _NAAWG_TRACE_H

#include <linux/netdevice.h>
#include <linux/tracepoint.h>

DECLARE_EVENT_CLASS(naawg_batch,
		    TP_PROTO(const struct net_device *netdev,
			     unsigned int messages, unsigned int size),
		    TP_ARGS(netdev, messages, size),
		    TP_STRUCT__entry(__field(int, ifindex)
				     __field(unsigned int, messages)
				     __field(unsigned int, size)),
		    TP_fast_assign(__entry->ifindex = netdev->ifindex;
				   __entry->messages = messages;
				   __entry->size = size;),
		    TP_printk("ifindex=%d messages=%u size=%u", __entry->ifindex,
			      __entry->messages, __entry->size)
);

/* An outer packet was sealed; size is its length in bytes. */
DEFINE_EVENT(naawg_batch, naawg_sealed,
	     TP_PROTO(const struct net_device *netdev, unsigned int messages,
		      unsigned int size),
	     TP_ARGS(netdev, messages, size)
);

/* A run of messages was opened; size is the number of packets that were coalesced. */
DEFINE_EVENT(naawg_batch, naawg_opened,
	     TP_PROTO(const struct net_device *netdev, unsigned int messages,
		      unsigned int size),
	     TP_ARGS(netdev, messages, size)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH state
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
