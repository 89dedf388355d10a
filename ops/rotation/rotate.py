"""The command `make rotate-keys`: takes the steps of a rotation, each when it is due.

What is to be done next follows from the aliases and the keys' tags. So an interrupted run can be repeated, and goes on.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Console

from ops import api, aws, settings
from ops.lifecycle import locking
from ops.problems import Problem
from ops.rotation.delays import Delays
from ops.rotation.signing_keys import SigningKeys, State, now
from ops.waiting import polls
from services.contracts.signing_keys import KEY_SET_REREAD_SECONDS, SigningAliases

ALIASES = SigningAliases(f"alias/{settings.CLUSTER}-signing")
_KEY_SET_PATH = "/.well-known/jwks.json"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """A change that is due at a moment. `title` says what it does."""

    title: str
    due: datetime
    take: Callable[[], None]


class Rotation:
    """One rotation, from wherever the last run left it. `published` returns the ids in the published key set."""

    def __init__(self, keys: SigningKeys, delays: Delays, published: Callable[[], set[str]]) -> None:
        self._keys, self._delays, self._published = keys, delays, published

    def begin(self) -> bool:
        """Publishes a new key, unless a rotation is under way. Returns whether it did."""
        if not _idle(self._keys.state()):
            return False
        self._keys.publish()
        return True

    def next_step(self) -> Step | None:
        """Returns what is to be done next, or None at the end."""
        state = self._keys.state()
        if state.next != state.current:
            published_at = self._keys.published_at()
            if published_at is None:
                return Step("see the new key in the published key set", now(), self._confirm)
            return Step("sign with the new key", published_at + self._delays.publication, self._keys.promote)
        if state.previous != state.current:
            due = self._keys.replaced_at() + self._delays.tokens
            return Step("withdraw the old key", due, self._keys.withdraw)
        return None

    def _confirm(self) -> None:
        """Waits until verifiers can fetch the new key: only from then on do their copies become complete."""
        wanted = self._keys.next_key_id()
        for _ in polls(2 * KEY_SET_REREAD_SECONDS, every=1.0):
            if wanted in self._published():
                self._keys.confirm()
                return
        raise Problem(
            f"the new key is not in {_KEY_SET_PATH}; the old one goes on signing",
            "look at the log of the discovery function: "
            f"awslocal logs tail /aws/lambda/{settings.PREFIX}-discovery; then repeat this",
        )


def rotate_keys(console: Console, say: Say, *, publication_seconds: int, token_seconds: int, wait: bool) -> None:
    """Replaces the signing key. Without `wait` it takes only the steps that are due. Raises Problem."""
    delays = Delays(timedelta(seconds=publication_seconds), timedelta(seconds=token_seconds))
    rotation = Rotation(SigningKeys(aws.client("kms"), ALIASES), delays, published_key_ids)

    def changing() -> AbstractContextManager[None]:
        return locking.exclusive(say)

    with changing():
        say("There is a new key" if rotation.begin() else "A rotation is under way: going on with it")
    while (step := rotation.next_step()) is not None:
        if step.due > now():
            say(f"Due at {step.due.astimezone():%H:%M:%S}: {step.title}")
            if not wait:
                say("Run the same command again then. Until then all tokens stay valid")
                return
            _wait_for(step, console)
        with changing():
            current = rotation.next_step()  # another run may have taken the step meanwhile
            if current is not None and current.due <= now():
                current.take()
                say(f"Done: {current.title}")
    say("The rotation is complete: one key signs, and no other is published")


def published_key_ids() -> set[str]:
    """Returns the ids of the keys that verifiers are told. Raises Problem."""
    with api.client() as http:
        answer = http.get(_KEY_SET_PATH)
    if answer.status_code != 200:
        raise api.UnexpectedAnswer(answer)
    return {str(key["kid"]) for key in answer.json()["keys"]}


def _idle(state: State) -> bool:
    return state.current == state.next == state.previous


def _wait_for(step: Step, console: Console) -> None:
    with console.status(step.title) as status:
        for _ in polls((step.due - now()).total_seconds(), every=1.0):
            left = max(timedelta(), step.due - now())
            status.update(f"{step.title} in {left.seconds // 60}:{left.seconds % 60:02d} (Ctrl-C is safe)")
