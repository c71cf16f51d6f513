"""A `trial serve` for one test: started on free ports, stopped or killed, and restarted with the same data."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

# Below those that the kernel gives out by itself: a port whose broker is down for a moment may be nobody else's, nor the one from which a client looks for that broker.
_FIRST_PORT, _LAST_PORT = 12_000, 32_000
_next_port = _FIRST_PORT + os.getpid() * 64 % (_LAST_PORT - _FIRST_PORT)
_ports = threading.Lock()


def free_ports(count):
    """A number of consecutive free ports. Each is handed out once before any is reused."""
    global _next_port
    for _ in range(_LAST_PORT - _FIRST_PORT):
        with _ports:
            first = _next_port if _next_port + count <= _LAST_PORT else _FIRST_PORT
            _next_port = first + count
        sockets = []
        try:
            for port in range(first, first + count):
                probe = socket.socket()
                sockets.append(probe)
                probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for probe in sockets:
                probe.close()
    raise RuntimeError("no free ports in a row")


# What a test would only wait for. Of fifty partitions each, as many as Kafka makes, the files of 150 replicas take seconds; a classic group waits for three seconds for members to come; members of
# group.protocol=consumer hear of their partitions with a heartbeat; and transactions that nobody ends are looked for every ten seconds. No broker dies alone: one of which nothing is heard waits for a
# processor.
_CONFIG = dict(
    offsets_topic_num_partitions=4, transaction_state_log_num_partitions=4, group_initial_rebalance_delay_ms=0, group_consumer_heartbeat_interval_ms=200,
    group_consumer_session_timeout_ms=6_000, group_consumer_assignment_interval_ms=0, transaction_abort_timed_out_transaction_cleanup_interval_ms=500,
    broker_session_timeout_ms=60_000)


class Served:
    binary = None

    def __init__(self, brokers=1, prepare=None, **config):
        """`prepare` fills the data directory before the first start."""
        self.brokers = brokers
        self.config = _CONFIG | config
        self.directory = tempfile.mkdtemp(prefix="trial-real-clients-")
        self.port = free_ports(brokers + 1)
        self.process = None
        if prepare:
            prepare(self.directory + "/data")
        try:
            self.start()
        except Exception:
            self.close()
            raise

    @property
    def bootstrap(self):
        return ",".join(f"127.0.0.1:{self.port + n}" for n in range(self.brokers))

    def start(self):
        command = [Served.binary, "serve", "--brokers", str(self.brokers), "--port", str(self.port), "--data", self.directory + "/data"]
        for name, value in self.config.items():
            command += ["--config", f"{name.replace('_', '.')}={value}"]
        self.log = open(self.directory + "/log", "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline().decode()
        assert line.startswith("ready: "), f"serve did not get ready: {self.last_lines()}"

    def last_lines(self):
        with open(self.directory + "/log", errors="replace") as log:
            return "".join(log.readlines()[-15:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self, timeout=60):
        """SIGTERM. Returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout)
        self.process.stdout.close()
        return code

    def restart_after_kill(self):
        self.kill()
        self.start()

    def restart_after_stop(self):
        code = self.stop()
        assert code == 0, f"serve ended with {code}"
        self.start()

    @property
    def is_alive(self):
        return self.process.poll() is None

    @property
    def problem(self):
        """What is wrong with its end; None where nothing is."""
        code = self.process.returncode
        return None if code in (None, 0) else f"serve ended with {code}"

    def close(self):
        if self.process and self.is_alive:
            self.kill()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class ServedNodes:
    """A cluster of which every node is a process of its own, `trial serve --node`: each can be stopped or killed, and started again.

    `nodes` names the roles of each by its id, such as {1: ["broker", "controller"]}; `prepare` fills the directory of a node before its first start. `controllers` are ports of
    controllers that others know already, `directories` the ids of the directories of the first voters of a dynamic quorum.
    """

    def __init__(self, nodes, prepare=None, features=None, controllers=None, directories=None, **config):
        self.directory = tempfile.mkdtemp(prefix="trial-real-clients-")
        ports = iter(range(first := free_ports(count := sum(map(len, nodes.values()))), first + count))
        self.nodes = {id: {role: f"127.0.0.1:{next(ports)}" for role in roles} for id, roles in nodes.items()}
        for id, port in (controllers or {}).items():
            self.nodes[id]["controller"] = f"127.0.0.1:{port}"
        extra = {id: {"directory-id": directory} for id, directory in (directories or {}).items()}
        self.file = self.directory + "/cluster.yaml"
        with open(self.file, "w") as file:
            # YAML holds JSON.
            json.dump({
                "cluster-id": "4L6g3nShT-eMCtK--X86sw", "nodes": [{"id": id, **listeners, **extra.get(id, {})} for id, listeners in self.nodes.items()],
                "features": features or {}, "config": {name.replace("_", "."): value for name, value in config.items()}}, file)
        self.log = open(self.directory + "/log", "ab")
        self.processes = {}
        try:
            for id in self.nodes:
                if prepare:
                    prepare(id, self.data(id))
                self.launch(id)
            for id in self.nodes:
                self.wait_until_ready(id)
        except Exception:
            self.close()
            raise

    @property
    def bootstrap(self):
        return ",".join(listeners["broker"] for listeners in self.nodes.values() if "broker" in listeners)

    def data(self, id):
        return f"{self.directory}/node-{id}"

    def launch(self, id):
        command = [Served.binary, "serve", "--node", str(id), "--cluster", self.file, "--data", self.data(id)]
        self.processes[id] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)

    def wait_until_ready(self, id):
        line = self.processes[id].stdout.readline().decode()
        listeners = self.nodes[id]
        assert line == f"ready: {listeners.get('broker') or listeners['controller']}\n", f"node {id} did not get ready: {self.last_lines()}"

    def start(self, id):
        self.launch(id)
        self.wait_until_ready(id)

    def kill(self, id):
        self.processes[id].kill()
        self.processes[id].wait()
        self.processes[id].stdout.close()

    def stop(self, id, timeout=60):
        """SIGTERM. Returns the exit code."""
        self.processes[id].send_signal(signal.SIGTERM)
        code = self.processes[id].wait(timeout)
        self.processes[id].stdout.close()
        return code

    @property
    def active_controller(self):
        """By the newest epoch in which any controller knows a leader."""
        states = []
        for id, listeners in self.nodes.items():
            if "controller" in listeners:
                with open(self.data(id) + "/__cluster_metadata-0/quorum-state") as file:
                    state = json.load(file)
                states.append((state["leaderEpoch"], state["leaderId"]))
        return max(states)[1]

    def last_lines(self):
        with open(self.directory + "/log", errors="replace") as log:
            return "".join(log.readlines()[-15:])

    @property
    def problem(self):
        codes = {id: process.returncode for id, process in self.processes.items() if process.poll() not in (None, 0)}
        return f"nodes ended with {codes}" if codes else None

    def close(self):
        for id, process in self.processes.items():
            if process.poll() is None:
                self.kill(id)
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def wait_until(condition, seconds=20, what="it"):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")
