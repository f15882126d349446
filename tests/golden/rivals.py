"""What people use today, on the same evidence: the other rows of the table.

Three ways to read one capture: tshark and a recipe by hand, tcptrace, and
Zeek's conn_state with its history. Each sees one end; what an engineer then
does by hand, join the two ends by 4-tuple (and by sequence number on a port
used twice, where the tool shows it) and compare, is `decide`, the same for
all three. They are given what they could want: files are unpacked and
rotated pieces merged, tshark looks inside tunnels, reused ports are split at
each new SYN. None of them audits a capture, aligns clocks, follows NAT or
reads a log, and no rule is added here to do it for them.

Zeek is not a Debian 12 package: its connection states are computed from
tshark's output by the documented table.
cite: docs.zeek.org, base/protocols/conn/main.zeek, conn_state and history;
connection_established: a connection counts as established at its SYN-ACK
"""
import csv
import gzip
import io
import ipaddress
import os
import re
import shutil
import subprocess
import tempfile

FIELDS = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport",
          "tcp.dstport", "tcp.flags", "tcp.seq_raw", "tcp.len", "icmp.type",
          "icmpv6.type")
UNPACK = {".gz": ["gzip", "-dc"], ".xz": ["xz", "-dc"],
          ".zst": ["zstd", "-dc"]}
TIMEOUT_S = 60


class End:
    """What one end's capture shows of one attempt; counts of segments.

    A tool that cannot count says 1, one that sees no ICMP error says 0.
    """

    def __init__(self):
        self.syn = self.synack = self.ack = 0
        self.client_rst = self.server_rst = self.icmp = 0
        self.client_data = self.server_data = 0
        self.bare_ack = 0   # the server's ACKs that came without a SYN-ACK
        self.number = None  # the SYN's sequence number, where a tool shows it


def decide(client, server):
    """The verdict by hand from what the ends show. An end is an End, "absent"
    (a capture without this tuple) or None (no capture of that end)."""
    if client in (None, "absent"):
        return one_end_server(server)
    if client.synack:
        return answered(client, server)
    if client.icmp:
        return "rejected-in-network"
    if client.bare_ack:
        return "answered-with-challenge-ack"
    if server is None:
        return "undetermined"
    if client.server_rst:
        return "refused-by-server" if server != "absent" and \
            server.server_rst else "rejected-in-network"
    if server == "absent":
        return "syn-lost-in-network"
    return "synack-lost-in-network" if server.synack else \
        "syn-dropped-by-server"


def one_end_server(server):
    """Only the server's end shows the tuple."""
    if server in (None, "absent"):
        return None
    if server.bare_ack and not server.synack:
        return "answered-with-challenge-ack"
    if server.server_rst and not server.synack:
        return "refused-by-server"
    if not server.synack:
        return "syn-dropped-by-server"
    return "established" if server.ack else "undetermined"


def answered(client, server):
    """The client has its SYN-ACK."""
    if not client.ack:
        return "abandoned-by-client" if client.client_rst else \
            "synack-dropped-by-client"
    if server not in (None, "absent"):
        if not server.ack:
            return "ack-lost-in-network"
        if server.synack > 1 and not server.server_data:
            return "ack-dropped-by-server"
    if client.client_data and not client.server_data and \
            not client.server_rst:
        return "stalled-after-handshake"
    return "established"


# --- the files -------------------------------------------------------------


def plain_capture(case, side, scratch):
    """One unpacked file with all of this end's packets, or None."""
    folder = os.path.join(case, side)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    pieces = []
    for name in names:
        if not re.match(r"capture\.pcap", name):
            continue
        path = os.path.join(folder, name)
        unpack = UNPACK.get(os.path.splitext(name)[1])
        if unpack:
            path = os.path.join(scratch, f"{side}-{name}.plain")
            with open(path, "wb") as out:
                if unpack[0] == "gzip":
                    with gzip.open(os.path.join(folder, name)) as packed:
                        shutil.copyfileobj(packed, out)
                else:
                    subprocess.run(unpack + [os.path.join(folder, name)],
                                   stdout=out, check=True)
        pieces.append(path)
    if len(pieces) > 1:
        merged = os.path.join(scratch, f"{side}-merged.pcap")
        subprocess.run(["mergecap", "-F", "pcap", "-w", merged] + pieces,
                       check=True, stderr=subprocess.DEVNULL)
        pieces = [merged]
    return pieces[0] if pieces else None


def packets(path):
    """(source, destination, flags, sequence, length, is ICMP error) of each
    TCP segment, the innermost headers of a tunnel."""
    done = subprocess.run(
        ["tshark", "-n", "-r", path, "-Y", "tcp", "-T", "fields", "-E",
         "occurrence=l", "-E", "separator=|"] +
        [word for field in FIELDS for word in ("-e", field)],
        capture_output=True, text=True, timeout=TIMEOUT_S)
    for line in done.stdout.splitlines():
        row = dict(zip(FIELDS, line.split("|")))
        if not row["tcp.srcport"] or not row["tcp.flags"]:
            if not row["icmp.type"] and not row["icmpv6.type"]:
                continue
        source = row["ip.src"] or row["ipv6.src"]
        target = row["ip.dst"] or row["ipv6.dst"]
        error = row["icmp.type"] in ("3", "11") or \
            row["icmpv6.type"] in ("1", "3")
        yield ((source, int(row["tcp.srcport"] or 0)),
               (target, int(row["tcp.dstport"] or 0)),
               int(row["tcp.flags"] or "0", 16), row["tcp.seq_raw"],
               int(row["tcp.len"] or 0), error)


# --- tshark by hand --------------------------------------------------------


def tshark_ends(path):
    """{(client, server): [End, …]} in order of first SYN."""
    found, numbers = {}, {}
    for source, target, flags, seq, length, error in packets(path):
        key, back = (source, target), (target, source)
        if error:
            for end in found.get(key, [])[-1:]:
                end.icmp += 1
            continue
        if flags & 0x12 == 0x02:
            seen = numbers.setdefault(key, [])
            if seq not in seen:
                seen.append(seq)
                found.setdefault(key, []).append(End())
                found[key][-1].number = seq
            found[key][seen.index(seq)].syn += 1
        elif key in found:
            count_forward(found[key][-1], flags, length)
        elif back in found:
            count_backward(found[back][-1], flags, length)
    return found


def count_forward(end, flags, length):
    if flags & 0x04:
        end.client_rst += 1
    elif flags & 0x10:
        end.ack += 1
        end.client_data += length > 0


def count_backward(end, flags, length):
    if flags & 0x04:
        end.server_rst += 1
    elif flags & 0x12 == 0x12:
        end.synack += 1
    elif not end.synack and not length and not flags & 0x03:
        end.bare_ack += 1
    else:
        end.server_data += length > 0


# --- Zeek ------------------------------------------------------------------


def zeek_state(end):
    """(conn_state, the letters of history that matter) of one connection.

    History has each letter once for each side, so a repeated SYN-ACK cannot
    be told from a single one; ICMP errors are in no TCP connection's row.
    """
    history = "S" if end.syn else ""
    for letter, seen in (("h", end.synack), ("A", end.ack),
                         ("a", end.bare_ack), ("D", end.client_data),
                         ("d", end.server_data),
                         ("R", end.client_rst), ("r", end.server_rst)):
        history += letter if seen else ""
    if not end.synack:
        state = "REJ" if end.server_rst else \
            "RSTOS0" if end.client_rst else "S0"
    else:
        state = "RSTR" if end.server_rst else \
            "RSTO" if end.client_rst else "S1"
    return state, history


def zeek_ends(path):
    """As tshark_ends, but with what a row of conn.log holds and no more."""
    table = {}
    for key, ends in tshark_ends(path).items():
        for end in ends:
            state, history = zeek_state(end)
            row = End()
            row.syn = 1
            row.synack = int(state in ("S1", "RSTO", "RSTR"))
            row.server_rst = int(state in ("REJ", "RSTR"))
            row.client_rst = int(state in ("RSTO", "RSTOS0"))
            row.ack = int("A" in history)
            row.bare_ack = int("a" in history)
            row.client_data = int("D" in history)
            row.server_data = int("d" in history)
            table.setdefault(key, []).append(row)
    return table


# --- tcptrace --------------------------------------------------------------


def tcptrace_ends(path):
    """From `tcptrace -n -l --csv`; it reads neither tunnels nor pcapng, so
    the file is converted first."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = os.path.join(scratch, "capture.pcap")
        subprocess.run(["editcap", "-F", "pcap", path, plain],
                       stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if not os.path.exists(plain):
            return {}
        done = subprocess.run(["tcptrace", "-n", "-l", "--csv", plain],
                              capture_output=True, text=True,
                              errors="replace", timeout=TIMEOUT_S)
    lines = [line for line in done.stdout.splitlines()
             if line and not line.startswith("#")]
    found = {}
    for raw in csv.DictReader(io.StringIO("\n".join(lines))):
        row = {k: (v or "").strip() for k, v in raw.items() if k}
        try:
            key = tuple((str(ipaddress.ip_address(row[f"host_{x}"])),
                         int(row[f"port_{x}"])) for x in "ab")
        except (KeyError, ValueError):
            continue
        end = End()
        end.syn = int(row["SYN/FIN_pkts_sent_a2b"].split("/")[0])
        end.synack = int(row["SYN/FIN_pkts_sent_b2a"].split("/")[0])
        end.ack = int(row["ack_pkts_sent_a2b"])
        end.bare_ack = 0 if end.synack else \
            int(row["pure_acks_sent_b2a"])
        end.client_rst = int(row["resets_sent_a2b"])
        end.server_rst = int(row["resets_sent_b2a"])
        end.client_data = int(row["actual_data_pkts_a2b"]) - \
            int(row["SYN/FIN_pkts_sent_a2b"].split("/")[0] if
                not end.ack else 0)
        end.server_data = int(row["actual_data_pkts_b2a"])
        if end.syn:
            found.setdefault(key, []).append(end)
    return found


# name -> (program it needs, reader of one end)
METHODS = {
    "tshark, by hand": ("tshark", tshark_ends),
    "Zeek's conn_state": ("tshark", zeek_ends),
    "tcptrace": ("tcptrace", tcptrace_ends),
}


def missing(method):
    """The programs that this method lacks on this machine."""
    return [tool for tool in (METHODS[method][0], "editcap", "mergecap")
            if not shutil.which(tool)]


def answers(method, client_path, server_path):
    """{((client ip, port), (server ip, port)): [verdict, …]}: what an
    engineer with this tool would say of each attempt, in order."""
    read = METHODS[method][1]
    client = read(client_path) if client_path else None
    server = read(server_path) if server_path else None
    table = {}
    for key in {**(client or {}), **(server or {})}:
        ours, theirs = ((side or {}).get(key, []) for side in
                        (client, server))
        for nth in range(max(len(ours), len(theirs))):
            mine = pick(client, ours, nth, None)
            number = mine.number if isinstance(mine, End) else None
            table.setdefault(key, []).append(
                decide(mine, pick(server, theirs, nth, number)))
    return table


def pick(side, seen, nth, number):
    """The end that belongs to the nth attempt: by its sequence number where
    the tool shows one, else by the order."""
    if side is None:
        return None
    if number is not None:
        same = [end for end in seen if end.number == number]
        return same[0] if same else "absent"
    return seen[nth] if nth < len(seen) else "absent"
