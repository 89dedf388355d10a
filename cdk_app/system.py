"""The system: which stacks there are and what each is given."""

from __future__ import annotations

from aws_cdk import App

from cdk_app.assets import Assets
from cdk_app.config import StageConfig
from cdk_app.stacks.api import ApiStack
from cdk_app.stacks.data import DataStack
from cdk_app.stacks.identity import IdentityStack
from cdk_app.stacks.messaging import MessagingStack
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.services import Foundations, ServicesStack


def build(app: App, config: StageConfig, assets: Assets) -> None:
    """Put the stage's stacks into `app`.

    After the network, data, messaging and identity deploy side by side; then services, then the API's routes.
    """
    _answer_zone_lookup(app, config)
    network = NetworkStack(app, config=config)
    data = DataStack(app, config=config, network=network)
    messaging = MessagingStack(app, config=config, network=network)
    identity = IdentityStack(app, config=config, assets=assets, network=network)
    foundations = Foundations(network=network, data=data, messaging=messaging, identity=identity)
    services = ServicesStack(app, config=config, assets=assets, on=foundations)
    ApiStack(app, config=config, network=network, identity=identity, registries=services.registries)
    if config.nag:
        # Imported here because loading the rule packs takes seconds, and the local stage has no use for them.
        from cdk_app.nag import check

        check(app, config)


def _answer_zone_lookup(app: App, config: StageConfig) -> None:
    """CDK would ask AWS for the zones of a known account, to check ours: a network call in every synth."""
    account, region = config.env.account, config.env.region
    app.node.set_context(f"availability-zones:account={account}:region={region}", list(config.network.zones))
