"""Asks a proxy on port 8000 of this host; prints {status: count} as JSON.

argv: how many requests, seconds between two, seconds to wait for one.
"""

import collections
import json
import sys
import threading
import time
import urllib.error
import urllib.request

count, gap, patience = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
seen = collections.Counter()


def ask(number):
    request = urllib.request.Request(
        f"http://127.0.0.1:8000/item/{number}",
        headers={"Host": "shop.example.com"})
    try:
        with urllib.request.urlopen(request, timeout=patience) as answer:
            seen[answer.status] += 1
    except urllib.error.HTTPError as error:
        seen[error.code] += 1
    except OSError:
        seen[0] += 1


threads = []
for n in range(count):
    threads.append(threading.Thread(target=ask, args=(n,)))
    threads[-1].start()
    time.sleep(gap)
for thread in threads:
    thread.join()
print(json.dumps(seen))
