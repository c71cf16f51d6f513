"""Collects tests that are sentences, runs them one after another, and tells of each."""

import time
import traceback

from served import Served

_tests = []


def test(sentence, brokers=1, own=False, prepare=None, **config):
    """A test of a cluster of so many brokers. The cluster is shared by tests that ask for the same, unless it shall be its own: then `prepare` may fill its data directory."""

    def register(body):
        _tests.append((sentence, brokers, own, prepare, config, body))
        return body

    return register


def run_all(only=""):
    shared = {}
    passed = failed = 0
    for sentence, brokers, own, prepare, config, body in _tests:
        if only and only.lower() not in sentence.lower():
            continue
        started = time.monotonic()
        served = None
        try:
            key = (brokers, tuple(sorted(config.items())))
            if own:
                served = Served(brokers, prepare=prepare, **config)
            else:
                served = shared.get(key) or Served(brokers, **config)
                shared[key] = served
            body(served)
            assert served.process.returncode in (None, 0), f"serve ended with {served.process.returncode}"
            passed += 1
            print(f"ok    {sentence} ({time.monotonic() - started:.1f} s)", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAIL  {sentence} ({time.monotonic() - started:.1f} s)\n      {type(error).__name__}: {error}", flush=True)
            print("      " + traceback.format_exc().strip().replace("\n", "\n      "), flush=True)
            if served:
                print("      the brokers said last:\n      " + served.last_lines().strip().replace("\n", "\n      "), flush=True)
                if not own and not served.is_alive:
                    shared.pop(key, None)
        finally:
            if own and served:
                served.close()
    for served in shared.values():
        served.close()
    print(f"{passed} passed, {failed} failed")
    return passed > 0 and failed == 0
