"""Real Kafka clients against `trial serve`: python Tests/RealClients BINARY [PART OF A SENTENCE]"""

import sys

from served import Served

import suite
import metadata_tests  # noqa: F401
import round_trip_tests  # noqa: F401
import acknowledgement_tests  # noqa: F401
import crash_tests  # noqa: F401
import hostile_tests  # noqa: F401
import consumer_group_tests  # noqa: F401
import group_tests  # noqa: F401
import kafka_directory_tests  # noqa: F401
import node_tests  # noqa: F401
import simulated_disk_tests  # noqa: F401
import transaction_tests  # noqa: F401

Served.binary = sys.argv[1]
sys.exit(0 if suite.run_all(sys.argv[2] if len(sys.argv) > 2 else "") else 1)
