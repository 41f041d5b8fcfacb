"""The ledger's ports in memory: for unit tests, and to show what each promises in few lines."""

from __future__ import annotations

from infrastructure.memory.bookings import MemoryBookings
from infrastructure.memory.conversations import MemoryConversations
from infrastructure.memory.day_sheets import MemoryDaySheets
from infrastructure.memory.floor import Floor
from infrastructure.memory.handovers import MemoryHandovers
from infrastructure.memory.holds import MemoryHolds
from infrastructure.memory.keys import MemoryKeys
from infrastructure.memory.messages import MemoryMessages
from infrastructure.memory.posts import MemoryPosts
from infrastructure.memory.waitlist import MemoryWaitlist


class MemoryLedger:
    """What `infrastructure.database.engine.Ledger` offers, lost when the process ends."""

    def __init__(self) -> None:
        self.floor = Floor()
        self.holds = MemoryHolds(self.floor)
        self.bookings = MemoryBookings(self.floor)
        self.conversations = MemoryConversations(self.bookings.has_written)
        self.day_sheets = MemoryDaySheets(self.floor)
        self.keys = MemoryKeys()
        self.messages = MemoryMessages(self.bookings)
        self.posts = MemoryPosts()
        self.handovers = MemoryHandovers()
        self.waitlist = MemoryWaitlist()

    async def close(self) -> None:
        """Nothing to close."""
