"""The rules for a task's overrides, in ECS's words (pure)."""

from typing import Any

from localstack_engines.services.ecs.api import container_rules, fargate_rules, fargate_sizes

Json = dict[str, Any]


def problem(definition: Json, overrides: Json, launch_type: str) -> str | None:
    """Returns what is wrong with the overrides of a task with this definition, or None."""
    if overrides.get("inferenceAcceleratorOverrides"):
        return "Fargate compatible task definitions do not support inferenceAcceleratorOverrides"
    size_problem = _task_problem(definition, overrides) if launch_type == "FARGATE" else _number_problem(overrides)
    return size_problem or _container_problem(definition, overrides)


def normalized(overrides: Json) -> Json:
    """Returns valid overrides with sizes as numbers, as ECS keeps them."""
    readers = {"cpu": fargate_sizes.units, "memory": fargate_sizes.mib}
    sizes = {member: str(read(overrides[member])) for member, read in readers.items() if overrides.get(member)}
    return {**overrides, **sizes}


def _task_problem(definition: Json, overrides: Json) -> str | None:
    cpu, memory = (overrides.get(size) or definition.get(size) for size in ("cpu", "memory"))
    if not fargate_sizes.is_offered(cpu, memory):
        return "No Fargate configuration exists for given values."
    storage = (overrides.get("ephemeralStorage") or {}).get("sizeInGiB")
    if storage is not None and not fargate_sizes.is_offered_storage(storage):
        return f"Invalid 'ephemeralStorage.sizeInGiB' override: {storage} is not between 21 and 200."
    return None


def _number_problem(overrides: Json) -> str | None:
    try:
        normalized(overrides)
    except ValueError as error:
        return f"Invalid size of the task: {error}."
    return None


def _container_problem(definition: Json, overrides: Json) -> str | None:
    names = {c["name"] for c in definition["containerDefinitions"]}
    asked = overrides.get("memory") or definition.get("memory")
    task_memory = fargate_sizes.mib(asked) if asked else None
    for override in overrides.get("containerOverrides") or []:
        if override.get("name") not in names:
            return f"Override for container named {override.get('name')} is not a container in the TaskDefinition."
        found = (
            fargate_rules.resource_problem(override)
            or container_rules.memory_problem(override)
            or container_rules.environment_file_problem(override)
        )
        if found:
            return found
        if task_memory is not None and (override.get("memory") or 0) > task_memory:
            return "The 'memory' setting for container is greater than for the task."
    return None
