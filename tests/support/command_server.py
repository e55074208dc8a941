"""Forks a process for each command that it is asked for: ``python -m tests.support.command_server SOCKET``.

A client sends its three standard streams and, as JSON, arguments, folder and environment; the answer is the exit code,
negative for a signal as multiprocessing has it. The server ends when its stdin does, and removes the socket's folder.
"""

import json
import multiprocessing
import os
import select
import shutil
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

import tests.support.command_libraries  # noqa: F401 - loaded for the forks
from tests.support.command_child import run_command


def main(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, reap)
        while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                serve(connection)
                os._exit(0)
            connection.close()
    shutil.rmtree(Path(address).parent)


def reap(_signal: int, _frame: FrameType | None) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def serve(connection: socket.socket) -> None:
    """Run one command and answer its exit code."""
    head, (stdin, stdout, stderr), _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as stream:
        arguments, folder, environment = json.loads(stream.read(int(head)))
    given = (arguments, folder, environment, (stdin, stdout, stderr))
    process = multiprocessing.get_context("fork").Process(target=run_command, args=given)
    process.start()
    for descriptor in (stdin, stdout, stderr):
        os.close(descriptor)
    process.join()
    connection.sendall(str(process.exitcode).encode())


if __name__ == "__main__":
    main(sys.argv[1])
