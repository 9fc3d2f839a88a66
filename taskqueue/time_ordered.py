"""Keys that are nobody's to guess and still come in the order of time."""

import secrets
import time
import uuid

VERSION, VARIANT = 0x7, 0b10
RANDOM_A, RANDOM_B = 12, 62  # bits


def uuid7() -> uuid.UUID:
    """Return a UUID of version 7: 48 bits of Unix time in milliseconds and 74 random ones (RFC 9562, section 5.7).

    Rows that are written together stand together in every index of such a key, where random ones are strewn over all
    of its pages. Python has it from 3.14 on, as `uuid.uuid7`.
    """
    head = (time.time_ns() // 1_000_000 << 4 | VERSION) << RANDOM_A | secrets.randbits(RANDOM_A)
    tail = VARIANT << RANDOM_B | secrets.randbits(RANDOM_B)
    return uuid.UUID(int=head << 64 | tail)
