"""The reference server against the text of the contract, asked by a machine that knows nothing but the text."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from kiosk.backends.reference_server import ReferenceServer
from kiosk.demo.cast import ZONE
from tests.backends.contract import SPEC
from tests.backends.rigs import HASHER, TOKEN, demo_clock, write_coop

EXAMPLES = 60
schema = schemathesis.openapi.from_dict(SPEC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReferenceServer]:
    folder = write_coop(tmp_path_factory.mktemp("coop"))
    server = ReferenceServer(folder, HASHER.hash_canonical, ZONE, TOKEN, demo_clock(), key_id=HASHER.key_id)
    server.start()
    yield server
    server.close()


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_every_answer_is_in_the_contract(case: schemathesis.Case, server: ReferenceServer) -> None:
    if case.meta.generation.mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and "id" in case.body:
        # That the key is the id stands in the text, where no machine reads it.
        case.headers["Idempotency-Key"] = f'"{case.body["id"]}"'
    # Invented members are unknown here, and rightly refused; parameters that nobody knows are ignored.
    excluded = [positive_data_acceptance, *([negative_data_rejection] if case.method == "GET" else [])]
    case.call_and_validate(base_url=server.url, headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=excluded)
