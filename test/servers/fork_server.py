"""A process that has imported one version of Prefect and forks a server from itself for each request.

Importing Prefect is nearly all of a server's start (10 to 18 s on two cores); a fork of a process that has done it
answers in about a second. Usage: ``python fork_server.py ROOT``: listens on the unix socket ``ROOT/socket`` and prints
``ready``. One connection is one server:

    -> {"home": DIR, "port": 0, "services": false, "env": {...}}      <- {"pid": N, "port": N} or {"error": TEXT}
    -> {"stop": "SIGTERM"} (SIGKILL follows after ten seconds)        <- {"exit": CODE} when it has ended, asked or not

A connection that closes takes its server with it, and the end of stdin takes all of them and ROOT: so nothing outlives
the process that started it, for whatever reason that one exits.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import threading
import time
import zoneinfo
from typing import Any

# Imported in this order; missing ones are skipped (perpetual_services is new in 3.8).
PRELOADED = (
    "uvicorn",
    "prefect.plugins",
    "prefect.server.models",
    "prefect.server.services",
    "prefect.server.events.services",
    "prefect.server.database.orm_models",
    "prefect.server.database.alembic_commands",
    "prefect.server.services.perpetual_services",
    "prefect.server.api.server",
    "aiosqlite",
    "asyncpg",
)
GRACE_SECONDS = 10.0


def preload() -> None:
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
    prefer_packaged_zones()
    gc.collect()
    # Keeps the garbage collector from writing to memory pages that all children share.
    gc.freeze()


def prefer_packaged_zones() -> None:
    """Time zones come from the package tzdata, if there is one.

    Prefect lists all zones for each cron schedule that it reads, and walking the system's directory takes 7 ms.
    """
    if importlib.util.find_spec("tzdata"):
        zoneinfo.reset_tzpath(to=[])


class Server:
    """A connection and its child process."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.buffer = b""
        self.pid: int | None = None
        self.kill_at = float("inf")
        self.closed = False

    def reply(self, message: dict[str, Any]) -> None:
        try:
            self.connection.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self.closed = True

    def signal(self, number: int) -> None:
        if self.pid is None:
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


class ForkServer:
    def __init__(self, root: str) -> None:
        self.root = root
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(os.path.join(root, "socket"))
        self.listener.listen(64)
        self.servers: list[Server] = []
        # The children hold the reading end, which is closed when this process exits, even by SIGKILL.
        self.lifeline = os.pipe()

    def run(self) -> None:
        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, None)
        self.selector.register(self.listener, selectors.EVENT_READ, None)
        print("ready", flush=True)
        while True:
            busy = any(server.pid for server in self.servers)
            for key, _ in self.selector.select(0.05 if busy else None):
                if key.fileobj is self.listener:
                    self.accept()
                elif isinstance(key.data, Server):
                    self.read(key.data)
                elif not os.read(sys.stdin.fileno(), 4096):
                    return
            self.reap()

    def accept(self) -> None:
        server = Server(self.listener.accept()[0])
        self.servers.append(server)
        self.selector.register(server.connection, selectors.EVENT_READ, server)

    def read(self, server: Server) -> None:
        try:
            data = server.connection.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(server.connection)
            server.closed = True
            server.signal(signal.SIGKILL)
            return
        *lines, server.buffer = (server.buffer + data).split(b"\n")
        for line in lines:
            self.obey(server, json.loads(line))

    def obey(self, server: Server, message: dict[str, Any]) -> None:
        if "stop" in message:
            server.kill_at = time.monotonic() + GRACE_SECONDS
            server.signal(getattr(signal, message["stop"]))
            return
        try:
            self.start(server, message)
        except OSError as error:
            server.reply({"error": str(error)})

    def start(self, server: Server, order: dict[str, Any]) -> None:
        # Without an explicit protocol, asyncio does not set TCP_NODELAY, and every response waits 40 ms for an ACK.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Bound here, so that the port is known before the child runs and no other process can take it.
        listening.bind(("127.0.0.1", order["port"]))
        pid = os.fork()
        if pid == 0:
            try:
                self.become(order, listening)
            except BaseException:
                import traceback

                traceback.print_exc()
            os._exit(1)
        os.setpgid(pid, pid)
        server.pid = pid
        server.reply({"pid": pid, "port": listening.getsockname()[1]})
        listening.close()

    def become(self, order: dict[str, Any], listening: socket.socket) -> None:
        os.setpgid(0, 0)
        os.close(self.lifeline[1])
        for server in self.servers:
            server.connection.close()
        self.listener.close()
        self.selector.close()
        threading.Thread(target=die_with, args=(self.lifeline[0],), daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        log = os.open(os.path.join(order["home"], "server.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        # Prefect reads .env and prefect.toml in its working directory.
        os.chdir(order["home"])
        os.environ.update(order["env"], PREFECT_HOME=order["home"])
        serve(listening, order["services"])

    def reap(self) -> None:
        for server in list(self.servers):
            if server.pid is not None:
                if time.monotonic() > server.kill_at:
                    server.signal(signal.SIGKILL)
                pid, status = os.waitpid(server.pid, os.WNOHANG)
                if pid == 0:
                    continue
                server.pid = None
                server.reply({"exit": os.waitstatus_to_exitcode(status)})
            if server.closed:
                server.connection.close()
                self.servers.remove(server)

    def end(self) -> None:
        for server in self.servers:
            server.signal(signal.SIGKILL)
        for server in self.servers:
            if server.pid is not None:
                os.waitpid(server.pid, 0)
        shutil.rmtree(self.root, ignore_errors=True)


def die_with(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.killpg(0, signal.SIGKILL)


def serve(listening: socket.socket, services: bool) -> None:
    import inspect

    import prefect.context
    import uvicorn
    from prefect.context import SettingsContext
    from prefect.server.api.server import create_app
    from prefect.settings import Profile, Settings

    # Created again: the preloaded process has the settings of its own environment.
    settings = Settings()
    # In 2.x, "ephemeral" is the only way to start a server without background services.
    quiet = "webserver_only" if "webserver_only" in inspect.signature(create_app).parameters else "ephemeral"
    with SettingsContext(profile=Profile(name="fork", settings={}), settings=settings) as context:
        # Some releases of uvicorn answer requests in an empty context, in which these count.
        prefect.context.GLOBAL_SETTINGS_CONTEXT = context
        app = create_app(settings=settings, ignore_cache=True, **{quiet: not services})
        config = uvicorn.Config(app, log_level="error", timeout_keep_alive=5, timeout_graceful_shutdown=3)
        uvicorn.Server(config).run(sockets=[listening])
    os._exit(0)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    root = sys.argv[1]
    preload()
    forks = ForkServer(root)
    try:
        forks.run()
    finally:
        forks.end()


if __name__ == "__main__":
    main()
