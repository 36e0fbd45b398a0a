# It leaves a file behind that says that it runs, and does not start where one lies: nobody removes it when it is killed.
# fails: blocking/starts_again_at_once
# passes: blocking/answers, blocking/serves_in_order_of_arrival
# cause: none
import os
import socket
import sys
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))
RUNS = os.path.join(os.environ.get("TMPDIR", "/tmp"), "server.pid")

if os.path.exists(RUNS):
    sys.exit(f"it runs already: {RUNS}")
with open(RUNS, "w") as file:
    file.write(str(os.getpid()))
with socket.create_server(("", PORT)) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            if not connection.recv(1024):
                continue
            time.sleep(DELAY)
            try:
                connection.sendall(b"Hello, I'm server")
            except OSError:
                pass
