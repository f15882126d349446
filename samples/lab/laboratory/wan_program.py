"""A slow or lossy stretch of road: a tun device that forwards late or never.

argv: device, delay in seconds, loss probability, seed, how many copies of
the same TCP segment to lose first. Prints `ready`, then runs until killed.
It is a hop of its own: packets that cross it lose one more TTL.
"""

import fcntl
import os
import random
import select
import struct
import sys
import time

device, delay, loss, seed = (sys.argv[1], float(sys.argv[2]),
                             float(sys.argv[3]), int(sys.argv[4]))
# cite: Linux include/uapi/linux/if_tun.h (6.12): TUNSETIFF, IFF_TUN,
# IFF_NO_PI
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 0x0001, 0x1000
tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, TUNSETIFF,
            struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
os.system(f"ip link set {device} up")
chance = random.Random(seed)
waiting = []
print("ready", flush=True)
while True:
    timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    ready, _, _ = select.select([tun], [], [], timeout)
    if ready:
        packet = os.read(tun, 65536)
        if chance.random() >= loss:
            waiting.append((time.monotonic() + delay, packet))
    while waiting and waiting[0][0] <= time.monotonic():
        os.write(tun, waiting.pop(0)[1])
