#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Takes out of UDP's offload what kernels from 6.2 to 6.17 lack: a chain from an
untrusted source is cut anew, and what was changed in the first datagram of a chain
over IPv6 is changed in the others. Arguments: udp_offload.c of 7.2, and where to."""

import sys
from pathlib import Path

text = Path(sys.argv[1]).read_text()
for old, new in (
        (" &&\n\t\t    !(skb_shinfo(gso_skb)->gso_type & SKB_GSO_DODGY))\n", ")\n"),
        ("\t\treturn __udpv6_gso_segment_list_csum(skb);\n",
         "\t\treturn skb;\n")):
    if text.count(old) != 1:
        sys.exit(f"{sys.argv[1]}: this source is not the one known: {old!r}")
    text = text.replace(old, new)
# nobody calls it any more
text = text.replace("static struct sk_buff *__udpv6_gso_segment_list_csum(",
                    "static __maybe_unused struct sk_buff *"
                    "__udpv6_gso_segment_list_csum(")
Path(sys.argv[2]).write_text(text)
