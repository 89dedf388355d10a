"""ECS tasks on container instances that share a file system."""

from lab.apps import Aws, Make
from lab.ecs import CIDR, IMAGE
from lab.waiting import until


def test_files_outlive_the_tasks(app: Make, aws: Aws) -> None:
    files = app("ecs-ec2-efs.yaml")
    out = files.deploy(Image=IMAGE, Cidr=CIDR)
    until("the first line", lambda: lines(aws, out["Logs"]) == [["one"]])
    files.deploy(Image=IMAGE, Cidr=CIDR, Text="two")
    until("both lines", lambda: ["one", "two"] in lines(aws, out["Logs"]))
    files.destroy()


def lines(aws: Aws, group: str) -> list[list[str]]:
    """Returns the lines of each task, the oldest task first."""
    logs = aws("logs")
    streams = sorted(logs.describe_log_streams(logGroupName=group)["logStreams"], key=lambda item: item["creationTime"])
    return [
        [
            event["message"]
            for event in logs.get_log_events(
                logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
            )["events"]
        ]
        for stream in streams
    ]
