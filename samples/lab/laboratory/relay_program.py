"""A virtual switch that loses what the sender's card promised.

argv: two interfaces. Forwards every frame between them through packet
sockets, byte by byte as it reads them. A checksum that the sender left to
its card's offload is unfinished in those bytes, and nobody finishes it: the
note that says so (virtio's VIRTIO_NET_HDR_F_NEEDS_CSUM) is not asked for.
"""

import select
import socket
import sys

ETH_P_ALL = 3  # cite: Linux include/uapi/linux/if_ether.h (6.12)
# cite: Linux include/uapi/linux/if_packet.h (6.12)
PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC, PACKET_OUTGOING = 1, 1, 4
SOL_PACKET = 263  # cite: Linux include/linux/socket.h (6.12)

ends = []
for name in sys.argv[1:3]:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                        socket.htons(ETH_P_ALL))
    end.bind((name, ETH_P_ALL))
    request = socket.if_nametoindex(name).to_bytes(4, "little") + \
        PACKET_MR_PROMISC.to_bytes(2, "little") + bytes(10)
    end.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, request)
    ends.append(end)
print("ready", flush=True)
while True:
    for end in select.select(ends, [], [])[0]:
        frame, who = end.recvfrom(65536)
        if who[2] != PACKET_OUTGOING:
            ends[1 - ends.index(end)].send(frame)
