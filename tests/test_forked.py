"""RQ's workers fork a child for each task, while a thread beside looks after what goes on."""

import os
import threading
import time

from gateway import connection


def test_a_child_that_was_forked_while_a_thread_made_a_connection_makes_its_own() -> None:
    held, over = threading.Event(), threading.Event()

    def making() -> None:
        with connection._lock:
            held.set()
            over.wait()

    thread = threading.Thread(target=making)
    thread.start()
    held.wait()
    child = os.fork()
    if not child:
        connection.get_connection()
        os._exit(0)
    try:
        until = time.monotonic() + 60
        while not (ended := os.waitpid(child, os.WNOHANG))[0]:
            assert time.monotonic() < until, "it waits for a thread that it has not"
            time.sleep(0.01)
    finally:
        over.set()
        thread.join()
    assert ended[1] == 0
