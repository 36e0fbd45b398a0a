# A thread per client takes a lock for its turn, so threads are added though nobody gains by them.
# fails: blocking/works_in_one_process
# passes: blocking/serves_one_client_at_a_time
# cause: another_thread_works
import os
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

one_at_a_time = threading.Lock()


def serve(client, address):
    with one_at_a_time:
        try:
            client.recv(1024)
            time.sleep(DELAY)
            client.sendall(b"Hello, I'm server")
        except ConnectionError:
            print("lost", address, flush=True)
        client.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen(5)
print("waiting on port", PORT, flush=True)

while True:
    client, address = server.accept()
    threading.Thread(target=serve, args=(client, address), daemon=True).start()
