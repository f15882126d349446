"""A box on the wire that rewrites sequence numbers, or loses SYNs.

argv: the interface towards the client, the one towards the server, the job
("rewrite" or "lose") and the port whose SYNs are lost. Forwards frames of
IPv4 without VLAN tags between the two through packet sockets. "rewrite" adds a
number, made from the client's port, to the client's sequence numbers and takes
it off again from what acknowledges them; SACK blocks of the server's would
need the same, and are not to be told in a story without losses of data. Ends
when its standard input does, and prints how many segments it changed or lost.
"""

import select
import socket
import struct
import sys

ETH_P_ALL = 3  # cite: Linux include/uapi/linux/if_ether.h (6.12)
# cite: Linux include/uapi/linux/if_packet.h (6.12)
PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC, PACKET_OUTGOING = 1, 1, 4
SOL_PACKET = 263  # cite: Linux include/linux/socket.h (6.12)
SYN, ACK = 2, 16
ETHERNET = 14
# What is added is the client's port times this (label.py knows it too).
FACTOR = 2654435761


def opened(name):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                        socket.htons(ETH_P_ALL))
    end.bind((name, ETH_P_ALL))
    request = socket.if_nametoindex(name).to_bytes(4, "little") + \
        PACKET_MR_PROMISC.to_bytes(2, "little") + bytes(10)
    end.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, request)
    return end


def tcp_at(frame):
    """Where the TCP header of an IPv4 frame begins, or None."""
    if frame[12:14] != b"\x08\x00" or frame[ETHERNET + 9] != 6:
        return None
    return ETHERNET + (frame[ETHERNET] & 15) * 4


def checksum(frame, at):
    """TCP's over the pseudo header (RFC 9293, section 3.1)."""
    length = struct.unpack_from(">H", frame, ETHERNET + 2)[0]
    segment = frame[at:ETHERNET + length]
    data = frame[ETHERNET + 12:ETHERNET + 20] + \
        struct.pack(">HH", 6, len(segment)) + segment
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def rewritten(frame, at, from_client):
    frame = bytearray(frame)
    ports = struct.unpack_from(">HH", frame, at)
    by = ports[0 if from_client else 1] * FACTOR & 0xffffffff
    seq, ack = struct.unpack_from(">II", frame, at + 4)
    if from_client:
        seq = seq + by & 0xffffffff
    elif frame[at + 13] & ACK:
        ack = ack - by & 0xffffffff
    struct.pack_into(">II", frame, at + 4, seq, ack)
    struct.pack_into(">H", frame, at + 16, 0)
    struct.pack_into(">H", frame, at + 16, checksum(frame, at))
    return bytes(frame)


def main():
    ends = [opened(name) for name in sys.argv[1:3]]
    job, port = sys.argv[3], int(sys.argv[4])
    touched = 0
    print("ready", flush=True)
    while True:
        ready = select.select([*ends, sys.stdin], [], [])[0]
        for end in ready:
            if end is sys.stdin:
                print(touched, flush=True)
                return
            frame, who = end.recvfrom(65536)
            if who[2] == PACKET_OUTGOING:
                continue
            from_client = end is ends[0]
            at = tcp_at(frame)
            if at is not None and job == "rewrite":
                frame = rewritten(frame, at, from_client)
                touched += 1
            elif (at is not None and from_client and frame[at + 13] & SYN
                  and struct.unpack_from(">H", frame, at + 2)[0] == port):
                touched += 1
                continue
            ends[from_client].send(frame)


if __name__ == "__main__":
    main()
