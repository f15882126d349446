"""What argus and nfdump show of one end's capture, as rivals.End.

Both keep flows: which flags each side sent, packets and bytes, no repetitions
and no ICMP errors. argus joins the two directions itself; nfdump's are joined
here, the side whose flow began first is the client.
cite: ra(1) of argus-clients 3.0.8, -Z b; nfdump(1) 1.7, output format fmt
"""
import os
import subprocess
import tempfile

from rivals import End, TIMEOUT_S

ARGUS = ("saddr", "sport", "daddr", "dport", "state", "sappbytes",
         "dappbytes")
HEADERS = 60  # bytes of a packet that nfdump counts beside its data, at least


def run(argv):
    return subprocess.run(argv, capture_output=True, text=True,
                          errors="replace", timeout=TIMEOUT_S).stdout


def end_of(client, server, asked, answered):
    """client, server: the flags that each sent; asked, answered: with data."""
    end = End()
    end.syn = int("S" in client)
    end.synack = int("S" in server)
    end.ack = int("A" in client)
    end.client_rst, end.server_rst = int("R" in client), int("R" in server)
    end.bare_ack = int("A" in server and not end.synack
                       and not end.server_rst)
    end.client_data, end.server_data = int(asked), int(answered)
    return end


def argus_ends(path):
    """{(client, server): [End, …]}"""
    with tempfile.TemporaryDirectory() as scratch:
        flows = os.path.join(scratch, "flows")
        subprocess.run(["argus", "-F", "/dev/null", "-r", path, "-w", flows],
                       capture_output=True, timeout=TIMEOUT_S)
        if not os.path.exists(flows):
            return {}
        text = run(["ra", "-F", "/dev/null", "-n", "-Z", "b", "-c", ",", "-s",
                    *ARGUS, "-r", flows, "-", "tcp"])
    found = {}
    for line in text.splitlines()[1:]:
        row = dict(zip(ARGUS, line.split(",")))
        client, _, server = row["state"].partition("_")
        if "S" not in client or not row["sport"].isdigit():
            continue
        key = ((row["saddr"], int(row["sport"])),
               (row["daddr"], int(row["dport"])))
        found.setdefault(key, []).append(end_of(
            client, server, row["sappbytes"] != "0", row["dappbytes"] != "0"))
    return found


def nfdump_flows(path):
    """[(began, source, target, flags, has data)] of TCP, by time."""
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["nfpcapd", "-r", path, "-w", scratch],
                       capture_output=True, timeout=TIMEOUT_S)
        text = run(["nfdump", "-6", "-q", "-N", "-R", scratch, "-o",
                    "fmt:%tsr,%sa,%sp,%da,%dp,%flg,%pkt,%byt", "proto tcp"])
    found = []
    for line in text.splitlines():
        row = [word.strip() for word in line.split(",")]
        if len(row) == 8 and row[2].isdigit() and row[4].isdigit():
            found.append((float(row[0]), (row[1], int(row[2])),
                          (row[3], int(row[4])), row[5],
                          int(row[7]) > HEADERS * int(row[6])))
    return sorted(found)


def nfdump_ends(path):
    found, told = {}, {}
    for _, source, target, flags, data in nfdump_flows(path):
        if (target, source) in told:
            told[target, source].append((flags, data))
        elif "S" in flags:
            told.setdefault((source, target), []).append((flags, data))
    for key, sides in told.items():
        (client, asked), (server, answered) = (*sides[:2], ("", False))[:2]
        found[key] = [end_of(client, server, asked, answered)]
    return found


# As rivals.METHODS: name -> (program it needs, reader of one end).
METHODS = {"argus": ("argus", argus_ends), "nfdump": ("nfdump", nfdump_ends)}
