"""What a task needs before its containers start: their images, and the containers themselves."""

from concurrent.futures import ThreadPoolExecutor

from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.containers import Containers
from localstack_engines.services.ecs.engine.images import Images, digest_of
from localstack_engines.services.ecs.engine.task_spec import TaskSpec

States = dict[str, ContainerState]


def pull_images(pool: ThreadPoolExecutor, images: Images, task: TaskSpec, states: States) -> None:
    """Makes the images of all containers available, all at the same time. Raises TaskFailed."""
    pulls = {c.name: pool.submit(images.ensure, c) for c in task.containers}
    for name, pull in pulls.items():
        states[name].image_digest = digest_of(pull.result())


def create_containers(
    pool: ThreadPoolExecutor, containers: Containers, task: TaskSpec, namespace: str, states: States
) -> None:
    """Creates all containers. One that mounts the volumes of others is created after these. Raises TaskFailed."""
    made: dict[str, str] = {}
    while len(made) < len(task.containers):
        ready = [c for c in task.containers if c.name not in made and c.volumes_from.keys() <= made.keys()]
        creations = {c.name: pool.submit(containers.create, task, c, namespace, dict(made)) for c in ready}
        for name, creation in creations.items():
            made[name] = states[name].runtime_id = creation.result()
