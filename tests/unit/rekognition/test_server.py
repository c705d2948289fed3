import asyncio
import socket
from contextlib import closing

import pytest

from onlooker_rekognition.server import AddressError, bind, url_of


async def test_answers_are_sent_without_waiting_for_acknowledgements() -> None:
    without_delay: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        without_delay.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    listening = bind("127.0.0.1", 0)
    async with await asyncio.start_server(accept, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        assert await without_delay
        writer.close()
        await writer.wait_closed()


def test_the_url_is_where_it_listens() -> None:
    with closing(bind("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        assert url_of(listening) == f"http://{host}:{port}"


def test_an_address_that_is_taken_is_named() -> None:
    with closing(bind("127.0.0.1", 0)) as listening:
        listening.listen()
        port = listening.getsockname()[1]
        with pytest.raises(AddressError, match=f"127.0.0.1:{port} .* already in use.* choose another"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "300.1.1.1"])
def test_an_address_that_is_not_ours_is_not_said_to_be_taken(host: str) -> None:
    with pytest.raises(AddressError, match=rf"{host}:0 cannot be listened on: .*\. Choose another --host or --port\."):
        bind(host, 0)
