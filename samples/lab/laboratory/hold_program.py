"""Opens connections and keeps them open, silent, until it is killed.

argv: address, port, how many. Prints `ready` when all are connected.
"""

import socket
import sys
import threading

target = (sys.argv[1], int(sys.argv[2]))
held = [socket.create_connection(target, 5) for _ in range(int(sys.argv[3]))]
print("ready", flush=True)
threading.Event().wait()
