"""Notices to ops: written with the fact that they tell, sent by every channel, once for each trouble and once when it is well again."""

from jobs.notices.alerts import OpenAlert, clear_alert, open_alerts, raise_alert
from jobs.notices.channel import Channel, Message, NotSent
from jobs.notices.delivering import Delivered, deliver
from jobs.notices.kinds import KINDS, Kind
from jobs.notices.outbox import tell
from jobs.notices.watching import Limits, watch

__all__ = [
    "KINDS", "Channel", "Delivered", "Kind", "Limits", "Message", "NotSent", "OpenAlert", "clear_alert", "deliver", "open_alerts",
    "raise_alert", "tell", "watch",
]  # fmt: skip
