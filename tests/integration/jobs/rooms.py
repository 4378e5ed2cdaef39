"""What a consumer imports when it begins: whoever imports this has it, and the processes forked off it too."""

from portal.consumer import load_rooms

load_rooms()
