"""Starts, stops and removes the servers of DB instances, in the background."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Container
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CalledProcessError

from localstack_engines.services.rds import models
from localstack_engines.services.rds.cluster_models import Cluster
from localstack_engines.services.rds.control import events, log_exports, parameters
from localstack_engines.services.rds.control.creation import NewInstance
from localstack_engines.services.rds.control.event_logs import EventLogs
from localstack_engines.services.rds.control.token_logins import TokenLogins
from localstack_engines.services.rds.engine.postgres import PostgresServer, ServerSpec, SqlError, copy_tree
from localstack_engines.services.rds.engine.template import TemplateFailed
from localstack_engines.services.rds.models import Instance, Key
from localstack_engines.toolkit import ports, settings
from localstack_engines.toolkit.background import run_in_background
from localstack_engines.toolkit.process import ProcessFailed

LOG = logging.getLogger(__name__)

FAILURES = (ProcessFailed, SqlError, TemplateFailed, OSError, CalledProcessError)
"""What a server may raise that does not do what it has to."""

_PAUSE_SECONDS = 0.05


class InstanceManager:
    """Runs the servers of all DB instances. Long work happens in threads; `Instance.status` shows its progress."""

    def __init__(self, event_logs: EventLogs) -> None:
        self.event_logs = event_logs
        self._instances: dict[Key, Instance] = {}
        self._root = settings.state_directory("rds")
        self._token_logins = TokenLogins(self._at_port)

    def get(self, key: Key) -> Instance | None:
        return self._instances.get(key)

    def all(self) -> list[Instance]:
        """Returns the instances of all accounts."""
        return list(self._instances.values())

    def instances(self, account: str, region: str) -> list[Instance]:
        """Returns the instances of an account in a region."""
        return [found for found in list(self._instances.values()) if found.key[:2] == (account, region)]

    def all_instances(self) -> list[Instance]:
        """Returns the instances of all accounts and regions."""
        return list(self._instances.values())

    def record(self, instance: Instance, kind: events.Kind, about: str = "") -> None:
        """Records an event of an instance."""
        account, region, identifier = instance.key
        self.event_logs.of(account, region).record(kind, identifier, "db", about)

    def create(self, new: NewInstance, cluster: Cluster | None = None, tier: int = 1) -> Instance:
        """Reserves a port and sets up a server in the background. Raises `ports.NoPortLeft`.

        A member of a cluster has the promotion tier `tier`.
        """
        port = ports.reserve("rds:" + ":".join(new.key), new.port)
        # The directory is named after the port: identifiers are too long for the path of a Unix socket.
        directory = self._root / str(port)
        shutil.rmtree(directory, ignore_errors=True)
        spec = ServerSpec(
            name=f"rds {new.key[2]}",
            port=port,
            owner=new.master_username,
            directory=directory,
            sockets=self._root / "sockets",
        )
        instance = Instance(new.key, PostgresServer(spec), new.master_username, parameters=dict(new.parameters))
        instance.primary = new.origin.primary if new.origin else None
        instance.cluster, instance.promotion_tier = cluster, tier
        instance.iam_authentication = new.iam_authentication
        self._instances[new.key] = instance
        done, about = (new.origin.done, new.origin.about) if new.origin else (events.CREATED, "")

        def provision() -> None:
            self._provision(instance, new)
            instance.complete = True

        self._background(instance, models.CREATING, provision, done, about=about)
        return instance

    def start(self, instance: Instance) -> threading.Thread:
        """Starts the server in a thread, which it returns."""
        return self._background(instance, models.STARTING, lambda: self._boot(instance), events.STARTED)

    def stop(self, instance: Instance) -> threading.Thread:
        """Stops the server in a thread, which it returns."""
        return self._background(instance, models.STOPPING, instance.server.stop, events.STOPPED, models.STOPPED)

    def reboot(self, instance: Instance, failover: bool = False) -> None:
        """Stops and starts the server, which then has the parameters that waited for a reboot.

        With `failover` it counts as the standby, which has taken over.
        """

        def reboot() -> None:
            if failover:
                self.record(instance, events.MULTI_AZ_FAILOVER_STARTED)
            instance.server.stop()
            self.record(instance, events.SHUT_DOWN)
            self._boot(instance)
            if failover:
                self.record(instance, events.MULTI_AZ_FAILOVER_COMPLETED)

        self._background(instance, models.REBOOTING, reboot, events.RESTARTED)

    def replicas(self, instance: Instance) -> list[Instance]:
        """Returns the read replicas of an instance. The readers of a cluster are none."""
        return [found for found in list(self._instances.values()) if found.primary is instance and not found.cluster]

    def promote(self, replica: Instance) -> None:
        """Makes a read replica an instance of its own."""
        primary = replica.primary

        def promote() -> None:
            replica.server.promote()
            replica.primary = None
            if primary is not None and primary.state != models.DELETING:
                replica.server.leave(primary.server)
            self.configure(replica)
            replica.server.reload()

        self._background(replica, models.MODIFYING, promote, events.PROMOTED)

    def set_password(self, instance: Instance, password: str) -> None:
        """Changes the master user's password and returns when it is valid. Raises SqlError."""
        with instance.lock:
            instance.server.set_password(instance.master_username, password)
        self.record(instance, events.PASSWORD_RESET)

    def apply_parameters(self, instance: Instance, chosen: dict[str, str], reboot_needed: bool) -> None:
        """Writes the parameters. A running server applies the dynamic ones at once, the static ones at a reboot."""
        with instance.lock:
            instance.parameters = dict(chosen)
            self.configure(instance)
            instance.server.reload()
            if reboot_needed and instance.server.ready:
                instance.parameter_status = models.PENDING_REBOOT

    def allow_tokens(self, instance: Instance, allowed: bool) -> None:
        """Lets roles log in with tokens of IAM from now on, or no more. A member does what its cluster says."""
        with instance.lock:
            instance.iam_authentication = allowed
            if instance.complete:
                # One that is being created will be configured so.
                self.configure(instance)
                instance.server.reload()

    def delete(self, instance: Instance, snapshot: Key | None) -> None:
        """Stops the server and removes its files. Keeps the data if `snapshot` names a snapshot for it.

        Its read replicas become instances of their own, as on RDS.
        """
        instance.state = models.DELETING
        for replica in self.replicas(instance):
            self.promote(replica)
        with instance.lock:
            instance.state = models.DELETING
            instance.server.stop()
            if snapshot is not None:
                self._snapshot_directory(snapshot).parent.mkdir(parents=True, exist_ok=True)
                instance.server.data.rename(self._snapshot_directory(snapshot))
            log_exports.stop(instance)
            instance.server.destroy()
            try:
                if instance.primary is not None:
                    instance.server.leave(instance.primary.server)
            except SqlError as error:
                # The server is gone, so the deletion goes on. The primary, which may be stopping, keeps its log for it.
                LOG.warning("DB instance %s: its primary does not forget it: %s", instance.identifier, error)
            self._instances.pop(instance.key, None)
            ports.release(instance.port)
        self.record(instance, events.DELETED)

    def take_snapshot(self, instance: Instance, snapshot: Key) -> None:
        """Copies the data of a running or stopped instance. Raises SqlError."""
        with instance.lock:
            target = self._snapshot_directory(snapshot)
            target.parent.mkdir(parents=True, exist_ok=True)
            instance.server.backup(target)

    def copy_snapshot(self, source: Key, target: Key) -> None:
        directory = self._snapshot_directory(target)
        directory.parent.mkdir(parents=True, exist_ok=True)
        copy_tree(self._snapshot_directory(source), directory)

    def delete_snapshot(self, snapshot: Key) -> None:
        shutil.rmtree(self._snapshot_directory(snapshot), ignore_errors=True)

    def export_logs(self, instance: Instance, wanted: Container[str]) -> None:
        """Exports the server's logs of these types to CloudWatch Logs, and no other ones."""
        log_exports.export(instance, wanted)

    def rename(self, instance: Instance, identifier: str) -> None:
        account, region, old = instance.key
        self._instances.pop((account, region, old))
        instance.key = (account, region, identifier)
        self._instances[instance.key] = instance

    def stop_all(self) -> None:
        """Stops all servers cleanly and at the same time."""
        self._token_logins.stop()
        servers = [instance.server for instance in list(self._instances.values())]
        if servers:
            with ThreadPoolExecutor(max_workers=len(servers)) as pool:
                list(pool.map(PostgresServer.stop, servers))

    def _at_port(self, port: int) -> Instance | None:
        """Returns the instance whose server has the port."""
        return next((found for found in list(self._instances.values()) if found.port == port), None)

    def _snapshot_directory(self, key: Key) -> Path:
        return self._root.joinpath("snapshots", *key)

    def _provision(self, instance: Instance, new: NewInstance) -> None:
        origin = new.origin
        if instance.primary is not None:
            self._provision_standby(instance)
            return
        instance.server.initialise(self._snapshot_directory(origin.copy) if origin and origin.copy else None)
        if origin and origin.copy and origin.temporary:
            self.delete_snapshot(origin.copy)
        self._boot(instance)
        if origin is None:
            instance.server.create_owner(new.master_username, new.master_password or "", new.database)
        elif new.master_password:
            instance.server.set_password(new.master_username, new.master_password)

    def _provision_standby(self, instance: Instance) -> None:
        """Makes a standby of the instance's primary, which may be changed by a failover until this begins."""
        while (primary := instance.primary) is not None:
            with primary.lock:
                if instance.primary is primary and primary.state != models.CREATING:
                    instance.server.clone(primary.server)
                    self._boot(instance)
                    return
            # Its own thread has to create the primary first.
            time.sleep(_PAUSE_SECONDS)

    def _boot(self, instance: Instance) -> None:
        self.configure(instance)
        instance.server.start()
        instance.parameter_status = models.IN_SYNC

    def configure(self, instance: Instance) -> None:
        """Writes the configuration of an instance's server."""
        chosen = instance.parameters
        instance.server.configure(
            parameters.server_settings(chosen),
            tls_only=parameters.force_ssl(chosen),
            binds=self._token_logins.port() if instance.token_logins else None,
        )

    def _background(
        self,
        instance: Instance,
        state: str,
        work: Callable[[], None],
        done: events.Kind,
        after: str = models.AVAILABLE,
        about: str = "",
    ) -> threading.Thread:
        """Runs `work` in a thread, which it returns. The instance's state is `state` meanwhile, then `after` or FAILED.

        Records the event `done`, about `about`, or a failure.
        """

        def recorded() -> None:
            try:
                work()
            except Exception as error:
                self.record(instance, events.FAILED, str(error))
                raise
            self.record(instance, done, about)

        return run_in_background(
            instance,
            recorded,
            name=f"DB instance {instance.identifier}",
            during=state,
            after=after,
            failed=models.FAILED,
            expected=FAILURES,
        )
