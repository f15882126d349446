"""Cloud flow logs, written from what the recorders saw.

spec: docs.aws.amazon.com, VPC flow log records (fields of version 2 to 5);
learn.microsoft.com, NSG flow logs, version 2.
"""

import json
import os
import time

FIELDS = ("version account-id interface-id srcaddr dstaddr srcport dstport "
          "protocol packets bytes start end action log-status tcp-flags "
          "flow-direction")
ACCOUNT = "123456789012"


def _flows(packets):
    flows = {}
    for p in packets:
        if not p.icmp:
            flows.setdefault((p.src, p.dst, p.sport, p.dport), []).append(p)
    return flows


def records(packets, eni, action, owner):
    """One record per direction and minute, as the interface of `owner`
    would report them; action(flow) says ACCEPT or REJECT."""
    lines = []
    for flow, seen in _flows(packets).items():
        begin = int(seen[0].time) // 60 * 60
        flags = 0
        for p in seen:
            # ACK and PSH are not recorded but for 18, the SYN-ACK.
            flags |= p.flags & 0x07 | (0x10 if p.flags & 0x12 == 0x12 else 0)
        way = "egress" if flow[0] == owner else "ingress"
        size = sum(p.length + (72 if ":" in p.src else 52) for p in seen)
        lines.append(
            f"5 {ACCOUNT} {eni} {flow[0]} {flow[1]} {flow[2]} {flow[3]} 6 "
            f"{len(seen)} {size} {begin} {begin + 59} {action(flow)} OK "
            f"{flags} {way}")
    return lines


def hole(status, begin, end):
    """A record without a flow: NODATA, or SKIPDATA for records lost."""
    return (f"5 {ACCOUNT} eni-05e47e4000000000b - - - - - - - {begin} {end} "
            f"- {status} - -")


def write(folder, lines):
    """network/vpc-flow-logs.log with its header line."""
    place = os.path.join(folder, "network")
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "vpc-flow-logs.log"), "w") as file:
        file.write("\n".join([FIELDS] + lines) + "\n")


def write_nsg(folder, packets, denied):
    """network/nsg-flow.json; flows to the denied ports fell to the rule."""
    rules = {"DefaultRule_DenyAllInBound": [], "UserRule_AllowHttp": []}
    for flow, seen in _flows(packets).items():
        if not seen[0].flags & 2 or seen[0].flags & 16:
            continue
        head = f"{int(seen[0].time)},{flow[0]},{flow[1]},{flow[2]}," \
               f"{flow[3]},T,I,"
        if flow[3] in denied:
            rules["DefaultRule_DenyAllInBound"].append(head + "D,B,,,,")
        else:
            rules["UserRule_AllowHttp"] += [
                head + "A,B,,,,", head + f"A,E,{len(seen)},520,"
                f"{len(seen)},610"]
    when = time.strftime("%Y-%m-%dT%H:%M:59.0000000Z",
                         time.gmtime(packets[0].time))
    log = {"records": [{
        "time": when, "systemId": "2c002c16-72f3-4dc5-b391-3444c3527434",
        "category": "NetworkSecurityGroupFlowEvent",
        "resourceId": "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/"
                      "RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.NETWORK/"
                      "NETWORKSECURITYGROUPS/APP-NSG",
        "operationName": "NetworkSecurityGroupFlowEvents",
        "properties": {"Version": 2, "flows": [
            {"rule": rule, "flows": [{"mac": "000D3AF87856",
                                      "flowTuples": tuples}]}
            for rule, tuples in rules.items()]}}]}
    place = os.path.join(folder, "network")
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "nsg-flow.json"), "w") as file:
        json.dump(log, file, indent=1)
        file.write("\n")
