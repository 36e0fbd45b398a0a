# tries: replies with tags, escape sequences and bytes that are no text
# holds: bubblewrap landlock
# checks: blocking/answers
# told: <script>
import os
import sys
import socket

REPLY = b"</pre><script>alert(1)</script>\x1b[2J\x00\xff\xed\xa0\x80\xe2\x80\xae" * 3
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", int(os.environ["PORT"])))
listener.listen(5)
while True:
    connection, _ = listener.accept()
    connection.recv(1024)
    connection.sendall(REPLY)
    connection.close()
