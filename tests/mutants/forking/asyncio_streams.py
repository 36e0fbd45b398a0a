# One process serves all clients by an event loop, so none has a process of its own.
# fails: forking/gives_each_client_a_child
# passes: forking/serves_others_while_one_is_silent
# cause: event_loop_in_place_of_processes
import asyncio
import os

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


async def handle(reader, writer):
    await reader.read(1024)
    await asyncio.sleep(DELAY)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(handle, "0.0.0.0", PORT, backlog=1024, reuse_address=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
