"""Keeps the packet filters of tasks as the security groups say."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from localstack_engines.network import namespaces
from localstack_engines.network.namespaces import NamespaceGone, RulesetRefused
from localstack_engines.network.networks import VpcNetwork, networks
from localstack_engines.network.security_groups import denied, records, ruleset
from localstack_engines.network.security_groups.denied import Denial
from localstack_engines.network.security_groups.model import Vpc
from localstack_engines.toolkit import ports, settings

LOG = logging.getLogger(__name__)

_SETTLE_SECONDS = 0.05
"""A change of a stack is many changes of rules. What comes within this time is loaded together."""
_RETRY_SECONDS = 2.0
_PARALLEL = 4
ENFORCE, OFF = "enforce", "off"


@dataclass
class _Namespace:
    """A namespace with a filter. `loaded` is its ruleset; the lock is held while one is loaded."""

    container: str
    network: VpcNetwork
    address: str
    loaded: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class PacketFilters:
    """Loads a filter into each namespace before its containers start, and again when a rule or a member changes."""

    def __init__(self) -> None:
        self._namespaces: dict[str, _Namespace] = {}
        self._changed = threading.Event()
        self._stopped = threading.Event()
        self._past = denied.History()

    @property
    def is_on(self) -> bool:
        return settings.variable("SECURITY_GROUPS", ENFORCE) != OFF

    def start(self) -> None:
        """Starts the thread that follows changes. Raises ValueError when the switch has an unknown value."""
        mode = settings.variable("SECURITY_GROUPS", ENFORCE)
        if mode not in (ENFORCE, OFF):
            raise ValueError(f"ENGINES_SECURITY_GROUPS is {mode!r}, and can be {ENFORCE} or {OFF}")
        if self.is_on:
            ports.subscribe(self.changed)
            threading.Thread(target=self._follow, name="security-groups", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._changed.set()

    def changed(self) -> None:
        """Says that a rule, a member of a group or an endpoint may have changed. Returns at once."""
        self._changed.set()

    def open(self, container: str, address: str) -> None:
        """Filters the packets of a namespace from now on, by the groups of the interface with this address.

        Does nothing for an address that is no interface's. Raises NamespaceGone or RulesetRefused.
        """
        network = networks.containing(address) if self.is_on else None
        if network is None or address not in records.read(network).interfaces:
            return
        # It is registered first: a change that comes while it is loaded is not missed.
        namespace = self._namespaces[container] = _Namespace(container, network, address)
        try:
            self._load(namespace)
        except Exception:
            self._namespaces.pop(container, None)
            raise

    def close(self, container: str) -> None:
        """Forgets a namespace, and keeps the connections that were denied in it. Does nothing for an unknown one."""
        namespace = self._namespaces.pop(container, None)
        if namespace is None:
            return
        try:
            found = self._denials(namespace, records.read(namespace.network))
        except Exception:
            # Nobody can read them any more, and the task has to end nevertheless.
            LOG.exception("the denied connections of %s are lost", namespace.address)
            return
        self._past.add(found)
        for denial in found:
            LOG.warning("security groups: %s: %s", denial.name, denial.explanation)

    def denials(self) -> list[Denial]:
        """Returns the connections that were denied within the last hour, also those of tasks that have ended."""
        found = list(self._past.recent())
        for namespace in list(self._namespaces.values()):
            found += self._denials(namespace, records.read(namespace.network))
        return sorted(found, key=lambda one: one.last_time)

    @staticmethod
    def _denials(namespace: _Namespace, vpc: Vpc) -> list[Denial]:
        own = vpc.interfaces.get(namespace.address)
        if own is None:
            return []
        try:
            listed = namespaces.read(namespace.container, "-j", "list", "table", "ip", ruleset.TABLE)
        except (NamespaceGone, RulesetRefused):
            # The task has ended meanwhile.
            return []
        return denied.parse(listed, vpc, own)

    def _load(self, namespace: _Namespace) -> None:
        """Loads the ruleset of a namespace if it is another one now. Raises NamespaceGone or RulesetRefused."""
        with namespace.lock:
            vpc = records.read(namespace.network)
            own = vpc.interfaces.get(namespace.address)
            wanted = ruleset.render(vpc, own) if own else namespace.loaded
            if wanted != namespace.loaded:
                namespaces.load(namespace.container, wanted)
                namespace.loaded = wanted

    def _follow(self) -> None:
        with ThreadPoolExecutor(max_workers=_PARALLEL, thread_name_prefix="security-groups") as pool:
            is_done = True
            while True:
                self._changed.wait(None if is_done else _RETRY_SECONDS)
                if self._stopped.wait(_SETTLE_SECONDS):
                    return
                self._changed.clear()
                is_done = all(list(pool.map(self._update, list(self._namespaces.values()))))

    def _update(self, namespace: _Namespace) -> bool:
        """Returns whether there is nothing left to do. Where it fails, the former rules stay; no caller sees why."""
        try:
            self._load(namespace)
        except NamespaceGone:
            LOG.debug("the namespace of %s is gone", namespace.address)
        except RulesetRefused:
            LOG.exception("the security groups of %s cannot be loaded", namespace.address)
        except Exception:
            # Docker does not answer, for instance. A rule that was removed must not go on allowing connections.
            LOG.exception("the security groups of %s are not loaded yet", namespace.address)
            return False
        return True


filters = PacketFilters()
"""The filters of this LocalStack. There is one Docker daemon, so there is one table."""
