/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NAAWG_COUNTER(symbol, stable name shown to users, meaning, what to do)
 *
 * The texts are used as those of core/reason_list.h are.
 */

NAAWG_COUNTER(SUPERS_SEALED, "supers-sealed",
	      "Outer GSO packets sent, each with several messages.",
	      "Compare it with `singles-sealed`: the more messages leave in GSO packets, the less CPU time each takes. If it stays 0 under load, check that the module parameter `batch_tx` is on and that `ethtool -k wg0` shows segmentation offload."
)
NAAWG_COUNTER(SUPER_MESSAGES_SEALED, "super-messages-sealed",
	      "Messages sent in the GSO packets that `supers-sealed` counts.",
	      "Divide it by `supers-sealed`: this is the mean size of a batch that was sent."
)
NAAWG_COUNTER(SINGLES_SEALED, "singles-sealed",
	      "Messages sent alone, one in each outer packet, keepalives included.",
	      "Nothing. Slow streams and single requests leave alone."
)
NAAWG_COUNTER(SUPERS_RECEIVED, "supers-received",
	      "Outer GSO packets received, each with several messages.",
	      "If it stays 0 under load, check that the network card has receive offload (`ethtool -k`, generic-receive-offload). The module parameter `batch_rx` must be on, and `chains` must be `right`."
)
NAAWG_COUNTER(CHAINS_RECEIVED, "chains-received",
	      "GSO packets among `supers-received` that receive offload made of single datagrams.",
	      "Nothing. It stays 0 if the module parameter `chains` is not `right`."
)
NAAWG_COUNTER(SUPER_MESSAGES_RECEIVED, "super-messages-received",
	      "Messages received in the GSO packets that `supers-received` counts.",
	      "Divide it by `supers-received`: this is the mean size of a GSO packet that was received."
)
NAAWG_COUNTER(BATCHES_OPENED, "batches-opened",
	      "Batches of messages that a CPU decrypted together, each of one session.",
	      "Nothing. It is the divisor for `messages-opened`."
)
NAAWG_COUNTER(MESSAGES_OPENED, "messages-opened",
	      "Messages in the batches that `batches-opened` counts, those that did not authenticate included.",
	      "Divide it by `batches-opened`: this is the mean size of a batch that was decrypted. It is near 1 for slow streams."
)
NAAWG_COUNTER(BATCHES_MOVED, "batches-moved",
	      "Received packets, a GSO packet counted once, that another CPU decrypted because their own CPU was saturated.",
	      "Nothing. It grows only while one CPU is busy all the time and another one is not. The module parameter `move_after` controls it. If it grows for hours, spread the packets over more CPUs (`ethtool -L`, RPS)."
)
NAAWG_COUNTER(SIMD_BUSY, "simd-busy",
	      "Messages that the kernel's library encrypted or decrypted one by one, as the vector registers were in use.",
	      "Nothing. Packets may interrupt other work that uses these registers, such as disk encryption."
)
NAAWG_COUNTER(SUPERS_DELIVERED, "supers-delivered",
	      "Inner GSO packets given to the network stack, each made of several decrypted TCP packets.",
	      "Nothing. It stays 0 if the module parameter `batch_rx` is off."
)
NAAWG_COUNTER(PACKETS_JOINED, "packets-joined",
	      "Inner packets in the GSO packets that `supers-delivered` counts.",
	      "Divide it by `supers-delivered`: this is the mean number of packets that were joined."
)
NAAWG_COUNTER(STAGED_PACKETS, "staged-packets",
	      "Packets that wait for a session now, a GSO packet counted once.",
	      "If it does not return to 0, a peer does not answer. `naawg stats wg0` shows which one is not connected."
)
NAAWG_COUNTER(STAGED_BYTES, "staged-bytes",
	      "Memory of the packets that `staged-packets` counts, in bytes, as the kernel charges it.",
	      "Nothing. A peer keeps 1 MiB at most, and an interface 16 MiB. Beyond that the oldest are dropped as `stage-full` and `stage-device-full`."
)
