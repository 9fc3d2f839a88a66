"""What is asked of a model, apart from how any provider wants it said."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Prompt:
    """One request to a model.

    `name` and `version` say which wording it is, for the ledger. `inputs` are the JSON-able facts it was made from:
    no provider sees them, the demo model answers from them.
    """

    name: str
    version: str
    system: str
    user: str
    inputs: dict[str, Any] = field(default_factory=dict)
    history: tuple[Turn, ...] = ()

    def messages(self) -> list[tuple[str, str]]:
        """Return the request as (role, text) pairs, the form every LangChain model takes."""
        earlier = [(turn.role, turn.text) for turn in self.history]
        return [("system", self.system), *earlier, ("user", self.user)]
