"""A function that consumes a topic of an MSK cluster."""

import asyncio

from aiokafka import AIOKafkaProducer

from lab.apps import Aws, Make, items
from lab.ecs import CIDR
from lab.waiting import until


def test_a_consumer_of_a_topic(app: Make, aws: Aws) -> None:
    consumer = app("msk-consumer.yaml")
    out = consumer.deploy(Cidr=CIDR)
    brokers = aws("kafka").get_bootstrap_brokers(ClusterArn=out["Cluster"])["BootstrapBrokerString"]
    asyncio.run(produce(brokers, "1", "tea"))
    until("the first order", lambda: items(aws, out["Orders"]) == {"1": "tea"}, seconds=120)
    consumer.edit('{"S": value}', '{"S": value.upper()}')
    consumer.deploy(Cidr=CIDR)
    asyncio.run(produce(brokers, "2", "milk"))
    until("the second order", lambda: items(aws, out["Orders"]) == {"1": "tea", "2": "MILK"}, seconds=120)
    consumer.destroy()


async def produce(brokers: str, key: str, value: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=brokers) as producer:
        await producer.send_and_wait("orders", value.encode(), key=key.encode())
