# The reply is sent below the block that closes the connection: a level of indentation too few.
# fails: blocking/answers
# follows: blocking/serves_one_client_at_a_time, blocking/takes_turns_in_time, blocking/starts_again_at_once: the first client ends it
# cause: sends_on_a_closed_connection
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

with socket.create_server(("", PORT)) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            request = connection.recv(1024)
        if request:
            time.sleep(DELAY)
            connection.sendall(b"Hello, I'm server")
