"""The rules of a chat: what is said, who is there, and what is not allowed.

protocol.py  what clients and server say to each other, and its JSON
room.py      one room: its numbered messages, and who is in it
rooms.py     all rooms of one process; rooms.lua, those of a broker; shared.py reads it
door.py      the connections of one process, and what they may do
chat.py      rooms and door as one object, without any waiting
entrance.py  tokens: who may open a connection
hub.py       what an event loop does with all this; threads.py, what threads do
"""

from asgi_compare.domain.systems.chat.chat import Chat, Expired, Outcome
from asgi_compare.domain.systems.chat.protocol import (
    Beat,
    ClientMessage,
    Here,
    Join,
    Leave,
    Left,
    Limits,
    Message,
    Past,
    Say,
    ServerMessage,
    parse,
    to_json,
)
from asgi_compare.domain.systems.chat.room import Heartbeats, History, Members
from asgi_compare.domain.systems.untrusted import Refused

__all__ = [
    "Beat",
    "Chat",
    "ClientMessage",
    "Expired",
    "Heartbeats",
    "Here",
    "History",
    "Join",
    "Leave",
    "Left",
    "Limits",
    "Members",
    "Message",
    "Outcome",
    "Past",
    "Refused",
    "Say",
    "ServerMessage",
    "parse",
    "to_json",
]
