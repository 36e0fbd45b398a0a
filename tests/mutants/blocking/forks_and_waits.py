# Each client is served by a forked child that the server waits for: one at a time, but by two processes.
# fails: blocking/works_in_one_process
# passes: blocking/serves_one_client_at_a_time
# cause: another_process_works
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen(5)
print("waiting on port", PORT, flush=True)

while True:
    client, address = server.accept()
    pid = os.fork()
    if pid == 0:
        server.close()
        client.recv(1024)
        time.sleep(DELAY)
        client.sendall(b"Hello, I'm server")
        os._exit(0)
    client.close()
    os.waitpid(pid, 0)
