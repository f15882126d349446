"""A server that forgets to free: every request costs it memory for good.

argv: port, bytes kept per request. Its name in the process list is orderd.
"""

import socket
import sys

with open("/proc/self/comm", "w") as comm:
    comm.write("orderd")
listener = socket.create_server(("0.0.0.0", int(sys.argv[1])), backlog=64)
kept = []
while True:
    connection, _ = listener.accept()
    if connection.recv(4096):
        # A page that is written is a page that is charged.
        kept.append(bytearray(b"\1" * int(sys.argv[2])))
        connection.sendall(b"pong\n")
    connection.close()
