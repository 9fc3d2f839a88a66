"""Values that every room shares."""

from typing import Final

DIFFICULTY_VALUES: Final[dict[str, int]] = {
    "Beginner": 0,
    "Early Learner": 1,
    "Good Knowledge": 2,
    "Advanced": 3,
}

TOPIC_MAX_LENGTH: Final = 200
MESSAGE_MAX_LENGTH: Final = 8_000
