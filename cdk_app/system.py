"""The system: its stacks and what each of them receives from the others."""

from __future__ import annotations

from aws_cdk import App

from cdk_app.assets import Assets
from cdk_app.config import StageConfig
from cdk_app.stacks.api import ApiStack
from cdk_app.stacks.data import DataStack
from cdk_app.stacks.identity import IdentityStack
from cdk_app.stacks.messaging import MessagingStack
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.services import ServicesStack


def add_stacks(app: App, *, config: StageConfig, assets: Assets) -> None:
    """Adds the stage's stacks to `app`.

    The network stack deploys first; then data, messaging and identity in parallel; then services; then api.
    """
    _set_availability_zones(app, config)
    network = NetworkStack(app, config=config)
    data = DataStack(app, config=config, network=network)
    messaging = MessagingStack(app, config=config, network=network)
    identity = IdentityStack(app, config=config, assets=assets, network=network)
    services = ServicesStack(
        app, config=config, assets=assets, network=network, data=data, messaging=messaging, identity=identity
    )
    ApiStack(app, config=config, network=network, identity=identity, services=services)
    if config.nag:
        # Imported here because loading the rule packs takes seconds, and the local stage does not use them.
        from cdk_app.nag import add_checks

        add_checks(app, config=config)


def _set_availability_zones(app: App, config: StageConfig) -> None:
    """Writes the zones into the context. Otherwise CDK asks AWS for the zones of a known account in every synthesis."""
    account, region = config.env.account, config.env.region
    app.node.set_context(f"availability-zones:account={account}:region={region}", list(config.network.zones))
