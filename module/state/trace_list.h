/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NAAWG_TRACE_POINT(name, meaning, what to do)
 *
 * The texts are used as those of core/reason_list.h are. The trace points
 * themselves are in trace.h; a check compares the names.
 */

NAAWG_TRACE_POINT(naawg_sealed,
		  "An outer packet was encrypted and is sent: messages is the number of messages in it, size its length in bytes, ifindex the interface.",
		  "Record it to see the sizes of the batches that are sent: `perf record -e naawg:naawg_sealed`, or `echo 1 >/sys/kernel/tracing/events/naawg/enable`."
)
NAAWG_TRACE_POINT(naawg_opened,
		  "A batch of messages of one session was decrypted: messages is the number of messages in it, size the number of packets that were joined to the one before, ifindex the interface.",
		  "Record it to see the sizes of the batches that are received, as for `naawg_sealed`."
)
