# select watches all clients at once, so one that speaks overtakes another that came before it.
# fails: blocking/serves_one_client_at_a_time
# passes: blocking/works_in_one_process
# follows: blocking/serves_in_order_of_arrival: the silent client came first and is overtaken
# cause: serves_whoever_speaks_first
import os
import select
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", PORT))
listener.listen(5)
clients = []

while True:
    readable, _, _ = select.select([listener, *clients], [], [])
    for ready in readable:
        if ready is listener:
            connection, address = listener.accept()
            clients.append(connection)
        else:
            clients.remove(ready)
            try:
                ready.recv(1024)
                time.sleep(DELAY)
                ready.sendall(b"Hello, I'm server")
            except ConnectionError:
                pass
            ready.close()
