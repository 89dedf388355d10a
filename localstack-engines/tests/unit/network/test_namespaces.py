"""What becomes of nft's runs in a container."""

from typing import Any

from localstack_engines.network import namespaces


class _Api:
    """Docker's API: the end of the process is recorded after some questions."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self._answers = list(answers)

    def exec_inspect(self, execution: str) -> dict[str, Any]:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def test_docker_may_record_the_end_of_a_process_late() -> None:
    running, ended = {"Running": True, "ExitCode": None}, {"Running": False, "ExitCode": 0}
    assert namespaces._exit_code(_Api(running, running, ended), "nft") == 0
    assert namespaces._exit_code(_Api({"Running": False, "ExitCode": 1}), "nft") == 1
