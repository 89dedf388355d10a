"""A custom resource whose function runs on Node.js."""

from lab.apps import Aws, Make, items


def test_a_table_is_seeded(app: Make, aws: Aws) -> None:
    seeder = app("custom-resource-node.yaml")
    out = seeder.deploy()
    assert (out["Text"], items(aws, out["Table"])) == ("ONE", {"seed": "one"})
    out = seeder.deploy(Text="two")
    assert (out["Text"], items(aws, out["Table"])) == ("TWO", {"seed": "two"})
    seeder.destroy()
