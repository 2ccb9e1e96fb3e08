"""What systemd wants to hear (sd_notify(3)): a datagram to the socket that it names. Without one, nothing is sent."""

import os
import socket


def notify(*said: str) -> None:
    """Tells the service manager, as in notify("READY=1", "STATUS=reading 3 connections"). Never raises: it is only told."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto("\n".join(said).encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            return
