"""Port and reply of each program of the reference, for places where it does not lie. Written by `renew`."""

RECORDED: dict[str, tuple[int, bytes]] = {
    "blocking_server.py": (50007, b"Hello, I'm server"),
    "forking_server.py": (8888, b"HTTP/1.1 200 OK\r\n\r\nHello, World!"),
}
