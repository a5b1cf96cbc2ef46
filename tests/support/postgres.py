"""A real server of PostgreSQL in a temporary folder, for the tests of one process."""

import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path

from benchmarks.app_process import free_port, wait_until
from tests.support.servers import program

USER = "postgres"  # whom Debian's package makes; the server refuses to run as root


class Server:
    """It listens on 127.0.0.1 alone, with a database for whoever asks."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="labels-server-"))
        self.port, self.process = free_port(), None
        self._as = {"user": USER, "group": USER, "extra_groups": []} if os.getuid() == 0 else {}
        if self._as:
            shutil.chown(self.folder, USER, USER)
        self._run(
            "initdb",
            "-D",
            self.folder / "data",
            "-U",
            "lab",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        self.start()

    def start(self):
        """Start it, as after a crash."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(program("postgres"), "-D", self.folder / "data", "-p", str(self.port)),
                    *("-k", self.folder, "-c", "listen_addresses=127.0.0.1"),
                    *("-c", "shared_buffers=16MB", "-c", "max_connections=60"),
                ],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **self._as,
            )
        wait_until(self._answers, 60, "PostgreSQL answers")

    def kill(self):
        """Kill -9 of all of it, as where the power goes."""
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        for pid in (self.process.pid, *map(int, children.stdout.split())):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """End it and remove its folder."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self):
        """The URL of a database that is empty."""
        name = f"d{uuid.uuid4().hex[:12]}"
        self._run("psql", *self._at, "-d", "postgres", "-c", f"CREATE DATABASE {name}")
        return f"postgresql://lab:secret@127.0.0.1:{self.port}/{name}"

    @property
    def _at(self):
        return ("-h", "127.0.0.1", "-p", str(self.port), "-U", "lab")

    def _answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
        done = subprocess.run(
            [program("pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)],
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def _run(self, name, *arguments):
        subprocess.run(
            [program(name), *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            **self._as,
        )
