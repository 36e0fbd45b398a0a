# asyncio serves all clients side by side in one thread, so nobody waits and the work overlaps.
# fails: blocking/serves_one_client_at_a_time, blocking/takes_turns_in_time
# follows: blocking/serves_in_order_of_arrival: the silent client came first and is overtaken
# cause: serves_whoever_speaks_first
import asyncio
import os

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))


async def serve(reader, writer):
    await reader.read(1024)
    await asyncio.sleep(DELAY)
    writer.write(b"Hello, I'm server")
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "0.0.0.0", PORT, backlog=5, reuse_address=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
