# SO_REUSEADDR is never set, and it waits for the end of its client, so that every connection leaves a TIME_WAIT behind.
# fails: blocking/starts_again_at_once
# passes: blocking/listens, blocking/answers, blocking/serves_in_order_of_arrival, blocking/takes_turns_in_time
# cause: address_is_not_reused
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

with socket.socket() as listener:
    listener.bind(("", PORT))
    listener.listen(5)
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        with connection:
            try:
                if not connection.recv(1024):
                    continue
                time.sleep(DELAY)
                connection.sendall(b"Hello, I'm server")
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1024):
                    pass
            except OSError:
                continue
