"""Real proxies in a host: nginx and HAProxy, what they log, who asks them.

They listen on the host's loopback, which no recorder sees, and connect to
the upstream over the wire. Their source ports are the kernel's choice, so a
scenario labels their attempts with lab.adopt().
"""

import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))

NGINX = """
worker_processes 1; master_process off; daemon off;
pid nginx.pid; error_log error.log error;
events {{ worker_connections {connections}; }}
http {{
    access_log off; client_body_temp_path tmp; proxy_temp_path tmp;
    fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
    {http}
    server {{
        {server}
    }}
}}
"""
PROXY = """listen 127.0.0.1:8000; server_name shop.example.com;
        location / {{
            {location}
            proxy_pass http://{upstream}; proxy_next_upstream off;
            proxy_connect_timeout {timeout}; proxy_read_timeout {patience};
        }}"""

HAPROXY = """
global
    log 127.0.0.1:514 local0
defaults
    mode {mode}
    log global
    option {mode}log
    retries {retries}
    timeout connect {timeout}
    timeout client 10s
    timeout server 5s
frontend web
    bind 127.0.0.1:8000
    default_backend app
backend app
    {backend}
    server app1 {upstream} {check}
"""


def listening(host, port):
    """Waits until somebody listens on the host's port."""
    for _ in range(60):
        if f":{port} " in host.sh("ss -ltn"):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{host.name}: nobody listens on {port}")


def _nginx(host, limit="", **parts):
    """Starts nginx with the configuration's parts; returns its error log."""
    folder = os.path.join(host.lab.work, f"nginx-{host.name}")
    os.makedirs(os.path.join(folder, "tmp"))
    with open(os.path.join(folder, "nginx.conf"), "w") as file:
        file.write(host.lab.plan.text(NGINX.format(**parts)))
    host.spawn(["sh", "-c", f"{limit} exec nginx -p {folder} -e error.log "
                "-c nginx.conf"])
    return os.path.join(folder, "error.log")


def nginx(host, upstream, timeout="2s", patience="5s", connections=256,
          http="", location=""):
    """Starts nginx as a proxy; returns the path of its error log.

    upstream is an address or the name of an `upstream` block in `http`;
    timeout is for connecting, patience for the answer; `location` holds
    further directives.
    """
    log = _nginx(host, connections=connections, http=http, server=PROXY.format(
        upstream=upstream, timeout=timeout, patience=patience,
        location=location))
    listening(host, 8000)
    return log


def nginx_server(host, port, backlog, files):
    """Starts nginx as a server that may have so many open files; returns
    the path of its error log."""
    log = _nginx(host, f"ulimit -n {files};", connections=256, http="",
                 server=f"listen {port} backlog={backlog}; return 200 ok;")
    listening(host, port)
    return log


def haproxy(host, upstream, timeout="1s", retries=0, mode="http", backend="",
            check=""):
    """Starts HAProxy and a syslog daemon; returns the log's path. backend
    holds further directives, check the health check of the server line."""
    log = os.path.join(host.lab.work, f"haproxy-{host.name}.log")
    host.spawn([sys.executable, os.path.join(HERE, "syslog_program.py"),
                log, "lb1"])
    config = os.path.join(host.lab.work, f"haproxy-{host.name}.cfg")
    with open(config, "w") as file:
        file.write(HAPROXY.format(upstream=host.lab.plan.text(upstream),
                                  timeout=timeout, retries=retries,
                                  mode=mode, backend=backend, check=check))
    host.spawn(["haproxy", "-db", "-f", config], stderr=subprocess.DEVNULL)
    listening(host, 8000)
    return log


def name_server(host, address):
    """Starts a name server that gives this address for every name."""
    process = host.spawn([sys.executable, os.path.join(HERE, "dns_program.py"),
                          address], stdout=subprocess.PIPE, text=True)
    if process.stdout.readline().strip() != "ready":
        raise RuntimeError("no name server")


def keep_log(host, path, name):
    """The program's log as evidence of this host."""
    with open(path) as file:
        host.lab.keep(host, name, file.read())


def browse(host, count, gap, timeout=8.0):
    """Asks the proxy `count` times, one request every `gap` seconds, each
    in a connection of its own; returns {status: how often}."""
    out = host.sh(f"{sys.executable} {HERE}/browse_program.py {count} "
                  f"{gap * host.lab.plan.stretch} {timeout}")
    return {int(k): n for k, n in json.loads(out).items()}
