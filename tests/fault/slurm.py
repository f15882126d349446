#!/usr/bin/env python3
"""The sbatch form of lostsyn batch, on a real Slurm of one node.

	slurm.py --lostsyn PROGRAM --cases FOLDER --sbatch FILE [--count N]

munged, slurmctld and slurmd are started in a folder of the test's own, with a
key and ports of their own, and are ended with it. An archive is run as an array
of shards; while they run the node is killed (slurmd and everything below it, by
SIGKILL) and comes back, and another task is pre-empted (scontrol requeue). Then
the merge runs as a job that depends on the array. Index and reports must be
those of one run without shards, byte by byte.

Skipped, visibly, without root or Slurm's programs (Debian: slurmctld slurmd
slurm-client munge; `./dev slurm` installs them), and where they do not start.
"""
import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import analyze as a  # noqa: E402
import make_archive  # noqa: E402
from batch import differences, results  # noqa: E402

SHARDS = 3
START_S = 30
# Longer than the two minutes that Slurm keeps a requeued task back where hurry()
# could not spare it them, and the work behind that; only a hang takes more.
RUN_S = 600
NODE_MISSED_S = 60
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol",
            "sinfo")

# "disabled" is new in Slurm 23.02.
CGROUP_PLUGINS = ("disabled", "cgroup/v1", "cgroup/v2")

CONFIG = """\
ClusterName=lostsyn
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={here}/munge.socket,cred_expire=5
CredType=cred/munge
SlurmctldPort={controller}
SlurmdPort={daemon}
StateSaveLocation={here}/state
SlurmdSpoolDir={here}/spool
SlurmctldPidFile={here}/slurmctld.pid
SlurmdPidFile={here}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000
MpiDefault=none
ReturnToService=2
SlurmdTimeout=5
JobRequeue=1
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def programs():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    return {name: shutil.which(name, path=path) for name in PROGRAMS}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def below(pid):
    """pid and all its descendants, the farthest first."""
    found = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            for child in f.read().split():
                found += below(int(child))
    except OSError:
        pass
    return found + [pid]


class Cluster:
    def __init__(self, here, tools):
        self.here = here
        self.tools = tools
        self.host = socket.gethostname().partition(".")[0]
        self.running = {}
        self.env = dict(os.environ, SLURM_CONF=f"{here}/slurm.conf")

    def daemon(self, name, *arguments):
        log = open(f"{self.here}/{name}.log", "ab")
        self.running[name] = subprocess.Popen(
            [self.tools[name], *arguments], stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, env=self.env, start_new_session=True)
        log.close()

    def start_node(self):
        self.daemon("slurmd", "-D", "-N", self.host)

    def start(self):
        for name in ("state", "spool"):
            os.mkdir(f"{self.here}/{name}")
        with open("/proc/meminfo", encoding="ascii") as f:
            memory = int(f.readline().split()[1]) // 1024
        with open(f"{self.here}/slurm.conf", "w", encoding="ascii") as f:
            f.write(CONFIG.format(
                here=self.here, host=self.host, controller=free_port(),
                daemon=free_port(), cpus=os.cpu_count(), memory=memory))
        key = f"{self.here}/munge.key"
        make_archive.write(key, os.urandom(1024))
        os.chmod(key, 0o400)
        self.daemon("munged", "--foreground", "--force",
                    f"--key-file={key}", f"--socket={self.here}/munge.socket",
                    f"--pid-file={self.here}/munge.pid",
                    f"--log-file={self.here}/munged.log",
                    f"--seed-file={self.here}/munge.seed")
        self.wait(lambda: os.path.exists(f"{self.here}/munge.socket"),
                  START_S)
        self.daemon("slurmctld", "-D", "-i")
        return any(self.node_comes_up(plugin) for plugin in CGROUP_PLUGINS)

    def node_comes_up(self, plugin):
        """Nothing here is limited by control groups, but slurmd wants to load
        a plugin for them, and not every one loads everywhere."""
        with open(f"{self.here}/cgroup.conf", "w", encoding="ascii") as f:
            f.write(f"CgroupPlugin={plugin}\n")
        self.start_node()
        return self.wait(
            lambda: self.running["slurmd"].poll() is not None
            or "idle" in self.ask("sinfo", "-h", "-o", "%T"), START_S
        ) and self.running["slurmd"].poll() is None

    def ask(self, name, *arguments, failed=""):
        """What a client of Slurm prints; failed when it ends with an error."""
        done = subprocess.run([self.tools[name], *arguments], text=True,
                              capture_output=True, env=self.env,
                              stdin=subprocess.DEVNULL, timeout=a.TIMEOUT_S)
        return done.stdout if done.returncode == 0 else failed

    def queue(self):
        """Each task with its state, the reason for it, and its times."""
        return self.ask("squeue", "-r", "-o", "%i %T %r %S %V")

    @staticmethod
    def wait(condition, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.1)
        return False

    def kill_node(self):
        """Power off: the daemon, its steps and their children at once. A step
        is a child of the daemon no longer; it is known by its command line."""
        victims = below(self.running["slurmd"].pid)
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    line = f.read()
                with open(f"/proc/{pid}/environ", "rb") as f:
                    environment = f.read()
            except OSError:
                continue
            ours = f"SLURM_CONF={self.here}/".encode() in environment
            if line.startswith(b"slurmstepd:") and ours:
                victims += below(int(pid))
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.running["slurmd"].wait()
        return len(victims)

    def stop(self):
        if "slurmd" in self.running:
            self.kill_node()
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def logs(self):
        text = ""
        for name in ("munged", "slurmctld", "slurmd"):
            path = f"{self.here}/{name}.log"
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as f:
                    text += f"{name}:\n" + "".join(f.readlines()[-8:])
        return text


def count_cases(path):
    try:
        return len(os.listdir(os.path.join(path, "cases")))
    except OSError:
        return 0


def gone(cluster, job):
    """Has the job left the queue, all tasks of it? A controller that does not
    answer says nothing, and one job's number alone is an error to squeue once
    it is forgotten: the whole queue is asked for."""
    queue = cluster.ask("squeue", "-h", "-r", "-o", "%F", failed=None)
    return queue is not None and job not in queue.split()


def waits_again(cluster, job):
    """Is every task of the array that is not done in the queue, to run or
    running?"""
    states = cluster.ask("squeue", "-h", "-r", "-j", job, "-o", "%T").split()
    return bool(states) and set(states) <= {"PENDING", "CONFIGURING", "RUNNING"}


def hurry(cluster, job):
    """A requeued task waits two minutes for nothing; it need not. One whose
    launch failed is held until somebody releases it. Each is asked for once:
    a task that was updated twice a second was seen to wait for ever."""
    for line in cluster.ask("squeue", "-h", "-r", "-j", job, "-t", "PD", "-o",
                            "%F_%K %r").splitlines():
        task, _, reason = line.partition(" ")
        if "held" in reason.lower():
            cluster.ask("scontrol", "release", task)
        elif reason == "BeginTime":
            cluster.ask("scontrol", "update", f"JobId={task}", "StartTime=now")


def run_shards(cluster, args, archive, out):
    submit = ["--parsable", f"--chdir={cluster.here}", "--cpus-per-task=1",
              "--mem=4000", args.sbatch]
    job = cluster.ask("sbatch", f"--array=1-{SHARDS}", *submit, archive,
                      out).strip()
    if not job:
        yield "the array was not taken"
        return
    shard = [os.path.join(out, f"shard-{n + 1}") for n in range(SHARDS)]
    tenth = args.count // SHARDS // 4
    if not cluster.wait(lambda: count_cases(shard[0]) >= tenth, RUN_S):
        yield "the first shard never got going: " + cluster.logs()
        return
    cluster.ask("scontrol", "requeue", f"{job}_1")
    first = count_cases(shard[0])
    if not cluster.wait(lambda: count_cases(shard[1]) >= tenth, RUN_S):
        yield "the second shard never got going: " + cluster.logs()
        return
    victims = cluster.kill_node()
    seen = [count_cases(s) for s in shard]
    index = [os.path.exists(s + "/index.sqlite") for s in shard]
    # A node that is back before it was missed is found out much later.
    cluster.wait(lambda: "down" in cluster.ask("sinfo", "-h", "-o", "%T"),
                 NODE_MISSED_S)
    cluster.start_node()
    # A task of a lost node is for a moment neither over nor waiting again; a
    # job that depends on it must not be taken in between.
    if not cluster.wait(lambda: waits_again(cluster, job), RUN_S):
        yield "a task did not come back:\n" + cluster.queue() + cluster.logs()
    merge = cluster.ask("sbatch", f"--dependency=afterany:{job}", *submit,
                        "--merge", out).strip()
    end = time.monotonic() + RUN_S
    while not gone(cluster, merge) and time.monotonic() < end:
        hurry(cluster, job)
        time.sleep(0.5)
    print(f"       pre-empted with {first} cases done; node killed "
          f"({victims} processes) with {seen} done, shards finished: {index}")
    if all(index[:2]):
        yield "nothing was running when the node was killed"
    if not gone(cluster, merge):
        yield ("not finished in time:\n"
               + cluster.queue()
               + cluster.logs())


def test(cluster, args, scratch):
    archive = os.path.join(scratch, "archive")
    make_archive.make(args.cases, archive, args.count)
    whole = os.path.join(scratch, "whole")
    done = subprocess.run(
        [args.lostsyn, "batch", archive, "-o", whole, "-q", "--memory",
         str(4000 * 9 // 10)], stdin=subprocess.DEVNULL, timeout=a.TIMEOUT_S)
    if done.returncode != 1:
        yield f"the run without shards: status {done.returncode}"
    out = os.path.join(scratch, "results")
    yield from run_shards(cluster, args, archive, out)
    merged = os.path.join(out, "all")
    if not os.path.exists(os.path.join(merged, "index.sqlite")):
        yield "the merge left no index"
        for name in sorted(os.listdir(cluster.here)):
            if name.startswith("slurm-"):
                with open(f"{cluster.here}/{name}", encoding="utf-8",
                          errors="replace") as f:
                    yield f"{name}: {f.read()[-400:]}"
        return
    yield from differences(merged, results(whole), "merged shards")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lostsyn", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--sbatch", required=True)
    parser.add_argument("--count", type=int, default=240)
    args = parser.parse_args()
    args.lostsyn = os.path.abspath(args.lostsyn)
    args.sbatch = os.path.abspath(args.sbatch)
    tools = programs()
    missing = [name for name, path in tools.items() if path is None]
    if missing:
        a.skip(f"Slurm is not installed ({', '.join(missing)} missing; "
               "./dev slurm installs it)")
    if os.geteuid() != 0:
        a.skip("Slurm's daemons need root")
    os.environ["PATH"] = (os.path.dirname(args.lostsyn) + ":"
                          + os.environ["PATH"])
    with a.Scratch() as scratch:
        here = os.path.join(scratch, "slurm")
        os.mkdir(here)
        os.chmod(scratch, 0o755)
        cluster = Cluster(here, tools)
        try:
            if not cluster.start():
                print(cluster.logs())
                a.skip("Slurm does not start on this machine")
            print("       " + cluster.ask("sinfo", "--version").strip())
            problems = list(test(cluster, args, scratch))
        finally:
            cluster.stop()
    print("FAILED slurm" if problems else "ok     slurm")
    for problem in problems[:20]:
        print("    " + problem.replace("\n", "\n    "))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
