"""Answers that leave at once."""

import os
import socket
import stat


def send_at_once() -> None:
    """Let every connection that a listening socket of this process accepts from now on send without delay.

    Sockets that uvicorn opens for `--workers` or takes by `--fd` name no protocol, and asyncio sets TCP_NODELAY on none
    of their connections. The body of an answer then waits for the client to acknowledge the headers, which it puts off
    for 40 ms. What a listening socket accepts inherits the option.
    """
    for number in map(int, os.listdir("/dev/fd")):
        if _is_socket(number):
            with socket.socket(fileno=os.dup(number)) as each:
                if _listens(each):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _is_socket(number: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:  # the one by which the folder was read
        return False


def _listens(each: socket.socket) -> bool:
    is_tcp = each.family in (socket.AF_INET, socket.AF_INET6) and each.type == socket.SOCK_STREAM
    return is_tcp and bool(each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
