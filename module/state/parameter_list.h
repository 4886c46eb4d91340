/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NAAWG_PARAMETER(name, values, meaning, what to do)
 *
 * The texts are used as those of core/reason_list.h are. The module includes none of
 * them: a MODULE_PARM_DESC() repeats the meaning, and a check compares the two.
 */

NAAWG_PARAMETER(chains, "right, wrong or untried; read only",
		"Whether this kernel segments redirected chains of datagrams correctly, as tested when the module was loaded. Only with right does receive offload chain datagrams; untried means that memory was short.",
		"Nothing for right. For wrong, use a kernel that does it correctly if the host receives much: see `supers-received`. For untried, load the module again."
)
NAAWG_PARAMETER(batch_tx, "Y or N; Y by default; can be changed any time",
		"Encrypt GSO packets as a whole. With N they are segmented first, and every message leaves alone.",
		"Leave it on. Switch it off to find out whether batches cause a problem, and to measure what they gain."
)
NAAWG_PARAMETER(batch_rx, "Y or N; Y by default; can be changed any time",
		"Receive several datagrams as one GSO packet, and join decrypted TCP packets into GSO packets. With N every message is received and delivered alone.",
		"Leave it on. Switch it off to find out whether batches cause a problem, and to measure what they gain."
)
NAAWG_PARAMETER(simd, "avx512, avx2 or 0; the fastest of them by default; can be changed any time",
		"Vector instructions that encrypt and decrypt runs of messages side by side. The module takes the fastest that the processor has. With 0, and for short runs, the kernel's library does it, one message after the other.",
		"Leave it alone. Set it to 0 to find out whether vector instructions cause a problem, and to measure what they gain."
)
NAAWG_PARAMETER(move_after, "timer ticks; 5 by default, 0 for never; can be changed any time",
		"Length in timer ticks of the periods in which the load of a CPU is measured. A CPU that decrypts messages and is at least 95 % busy for two periods in a row steers one of the 64 groups of peers to the least busy CPU, if that CPU was less than 50 % busy. With 0 no peer changes its CPU.",
		"Leave it alone. Set it to 0 if all messages of a peer must be decrypted on the CPU that receives them, and a higher number if peers change CPUs too often (`batches-moved`)."
)
NAAWG_PARAMETER(time_scale,
		"1 to 1000; 1 by default; set when the module is loaded; debug builds only",
		"How many times as fast as usual the timers of the protocol run.",
		"Nothing. Only tests use it, and only debug builds have it."
)
