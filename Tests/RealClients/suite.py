"""Collects tests that are named by sentences, runs several at a time, and reports them in the order of their declaration."""

import concurrent.futures
import threading
import time
import traceback

from served import Served

# Clients mostly wait.
_WORKERS = 4

_tests = []


class _Test:
    def __init__(self, sentence, make, brokers, own, prepare, config, body):
        self.sentence = sentence
        self.make = make
        self.brokers = brokers
        self.own = own or make is not None
        self.prepare = prepare
        self.config = config
        self.body = body


class _Shared(threading.local):
    """The clusters that the tests of one worker share, one after another."""

    all = []

    def __init__(self):
        self.clusters = {}
        _Shared.all.append(self.clusters)

    def get(self, test):
        key = (test.brokers, tuple(sorted(test.config.items())))
        served = self.clusters.get(key)
        if not served or not served.is_alive:
            served = self.clusters[key] = Served(test.brokers, **test.config)
        return served


_shared = _Shared()


def test(sentence, brokers=1, own=False, prepare=None, make=None, **config):
    """A test of a cluster with the given number of brokers. The cluster is shared, one test at a time, with tests that ask for the same, unless `own` is set: then `prepare` may fill its data
    directory. With `make`, the cluster is what that returns."""

    def register(body):
        _tests.append(_Test(sentence, make, brokers, own, prepare, config, body))
        return body

    return register


def _indented(text):
    return "      " + text.strip().replace("\n", "\n      ")


def _run(test):
    """Runs a test. Returns whether it passed, and the text to report."""
    started = time.monotonic()
    served = None
    try:
        if test.make:
            served = test.make()
        else:
            served = Served(test.brokers, prepare=test.prepare, **test.config) if test.own else _shared.get(test)
        test.body(served)
        assert not served.problem, served.problem
        return True, f"ok    {test.sentence} ({time.monotonic() - started:.1f} s)"
    except Exception as error:
        lines = [f"FAIL  {test.sentence} ({time.monotonic() - started:.1f} s)", f"      {type(error).__name__}: {error}", _indented(traceback.format_exc())]
        if served:
            lines += ["      the brokers said last:", _indented(served.last_lines())]
        return False, "\n".join(lines)
    finally:
        if test.own and served:
            served.close()


def run_all(only=""):
    chosen = [test for test in _tests if only.lower() in test.sentence.lower()]
    passed = 0
    with concurrent.futures.ThreadPoolExecutor(_WORKERS) as pool:
        # Tests that stop and start their own cluster take longest.
        outcomes = {test: pool.submit(_run, test) for test in sorted(chosen, key=lambda test: not test.own)}
        for test in chosen:
            has_passed, told = outcomes[test].result()
            passed += has_passed
            print(told, flush=True)
    for clusters in _Shared.all:
        for served in clusters.values():
            served.close()
    print(f"{passed} passed, {len(chosen) - passed} failed")
    return passed > 0 and passed == len(chosen)
