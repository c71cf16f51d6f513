import Primitives
import Testing

@testable import Scenarios
@testable import Trials

/// Files with one mistake each: every one is refused with its place, and nothing else is said.
@Suite struct MistakeTests {
  /// A file without one.
  static let text = """
    name: mistaken
    about: A file with a mistake.
    cluster:
      brokers: 3
    topics:
      - { name: t, replicas: [[1, 2, 3]] }
    workload:
      - produce: { topic: t, rate: 100/s }
      - consume: { topic: t }
    faults:
      - { at: 5s, kill: 1 }
    duration: 10s
    expect: { holds: all }
    """

  /// A line of the file that is replaced, and what is then wrong.
  struct Mistake: CustomTestStringConvertible {
    let line: Int
    let text: String
    let place: Place
    let problem: String

    init(_ line: Int, _ text: String, at place: (line: Int, column: Int), _ problem: String) {
      self.line = line
      self.text = text
      self.place = Place(source: "mistaken.yaml", line: place.line, column: place.column)
      self.problem = problem
    }

    var testDescription: String { String(text.prefix(100)) }
  }

  static func text(_ changes: (line: Int, text: String)...) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for change in changes { lines[change.line - 1] = change.text }
    return lines.joined(separator: "\n")
  }

  static func mistakes(in text: String) -> [ScenarioError] {
    do {
      try ScenarioReader.check(Value.parse(text, source: "mistaken.yaml"), file: "mistaken.yaml")
      return []
    } catch {
      return (error as? ScenarioError)?.all ?? []
    }
  }

  @Test func `The file without a mistake is correct`() { #expect(Self.mistakes(in: Self.text).isEmpty) }

  @Test(arguments: Self.all)
  func `A mistake is reported alone, with its place`(mistake: Mistake) {
    let found = Self.mistakes(in: Self.text((mistake.line, mistake.text)))
    #expect(found.map(\.problem) == [mistake.problem])
    #expect(found.map(\.place) == [mistake.place])
    #expect(found.allSatisfy { !$0.remedy.isEmpty })
  }

  static let all: [Mistake] = [
    // name
    Mistake(1, "name: ../../etc/passwd", at: (1, 7), "name: '../../etc/passwd' cannot be a name"),
    Mistake(1, "name: \"a\\tb\"", at: (1, 7), "name: 'a?b' cannot be a name"),
    Mistake(1, "name: \(String(repeating: "x", count: 101))", at: (1, 7), "name: '\(String(repeating: "x", count: 80))…' cannot be a name"),
    Mistake(1, "name: \"\"", at: (1, 7), "name: '' cannot be a name"),
    // about
    Mistake(2, "about: [a, b]", at: (2, 8), "about: expected a word, found a list"),
    Mistake(2, "about: \(String(repeating: "x", count: 4_001))", at: (2, 8), "about: 4001 bytes of text are too many"),
    Mistake(2, "about: \"\\e[31mred\"", at: (2, 8), "about: '?[31mred' holds control characters"),
    // cluster
    Mistake(4, "  brokers: three", at: (4, 12), "cluster.brokers: expected a whole number, found 'three'"),
    Mistake(4, "  brokers: [3]", at: (4, 12), "cluster.brokers: expected a whole number, found a list"),
    Mistake(4, "  brokers: 0", at: (4, 12), "cluster.brokers: 0 is out of range"),
    Mistake(4, "  brokers: -3", at: (4, 12), "cluster.brokers: -3 is out of range"),
    Mistake(4, "  brokers: 1000000000", at: (4, 12), "cluster.brokers: 1000000000 is out of range"),
    Mistake(4, "  brokers: 99999999999999999999999999", at: (4, 12), "cluster.brokers: '99999999999999999999999999' is too large"),
    Mistake(4, "  brokers: 3.5", at: (4, 12), "cluster.brokers: expected a whole number, found '3.5'"),
    Mistake(4, "  brokers: 0x3", at: (4, 12), "cluster.brokers: expected a whole number, found '0x3'"),
    Mistake(4, "  rack: a", at: (4, 3), "unknown key 'rack' in cluster"),
    Mistake(4, "  racks: 3", at: (4, 10), "cluster.racks: expected a list, found '3'"),
    Mistake(4, "  racks: [a, b]", at: (4, 10), "cluster.racks: 2 racks for 3 brokers"),
    Mistake(4, "  racks: []", at: (4, 10), "cluster.racks: 0 racks for 3 brokers"),
    Mistake(4, "  racks: [a, \"\", c]", at: (4, 14), "cluster.racks[1]: '' cannot be a rack"),
    Mistake(4, "  racks: [a, [b], c]", at: (4, 14), "cluster.racks[1]: expected a word, found a list"),
    Mistake(4, "  brokers: three\n  racks: [a, b]", at: (4, 12), "cluster.brokers: expected a whole number, found 'three'"),
    Mistake(4, "  controllers: 8", at: (4, 16), "cluster.controllers: 8 is out of range"),
    Mistake(4, "  controllers: both", at: (4, 16), "cluster.controllers: expected a whole number, found 'both'"),
    Mistake(4, "  machine: nvme-11g", at: (4, 12), "there is no machine 'nvme-11g'"),
    Mistake(4, "  machine: ./nosuch.yaml", at: (4, 12), "there is no file ./nosuch.yaml, or it is not UTF-8 text"),
    Mistake(4, "  features: { fancy.version: 1 }", at: (4, 15), "there is no feature 'fancy.version'"),
    Mistake(4, "  features: { metadata.version: 99 }", at: (4, 33), "cluster.features.metadata.version: 99 is out of range"),
    Mistake(4, "  switches: { truncaton: leaderEpoch }", at: (4, 15), "there is no switch 'truncaton'"),
    Mistake(4, "  switches: { truncation: sideways }", at: (4, 15), "truncation=sideways is not valid: expected one of highWatermark, leaderEpoch, fetchDivergence"),
    Mistake(4, "  config: { min.insync.replica: 2 }", at: (4, 13), "there is no setting named 'min.insync.replica'; did you mean 'min.insync.replicas'?"),
    Mistake(4, "  config: { background.threads: 2 }", at: (4, 13), "background.threads cannot be set here: a setting of Kafka's brokers or controllers that this broker does not model; leave it out"),
    Mistake(4, "  config: { min.insync.replicas: two }", at: (4, 13), "min.insync.replicas=two is not valid: expected an integer from 1 to 2147483647"),
    Mistake(4, "  config: { min.insync.replicas: -1 }", at: (4, 13), "min.insync.replicas=-1 is not valid: expected an integer from 1 to 2147483647"),
    Mistake(4, "  config: { broker.session.timeout.ms: 99999999999999 }", at: (4, 13), "broker.session.timeout.ms=99999999999999 is not valid: expected milliseconds from 1 to 2147483647"),
    Mistake(4, "  config: { broker.rack: a }", at: (4, 13), "one rack for all brokers has no effect"),
    Mistake(4, "  <<: { brokers: 3 }", at: (4, 3), "merge keys are not read"),
    Mistake(4, "  brokers: &b 3", at: (4, 12), "anchors are not read"),
    // topics
    Mistake(6, "  - { name: t, partition: 3 }", at: (6, 16), "unknown key 'partition' in topics[0]"),
    Mistake(6, "  - { name: t, partitions: 1000000000 }", at: (6, 28), "topics[0].partitions: 1000000000 is out of range"),
    Mistake(6, "  - { name: t, partitions: 0 }", at: (6, 28), "topics[0].partitions: 0 is out of range"),
    Mistake(6, "  - { name: t, replicas: [[1, 2, 7]] }", at: (6, 34), "topics[0].replicas[0][2]: there is no broker 7"),
    Mistake(6, "  - { name: t, replicas: [[1, 1, 3]] }", at: (6, 27), "topics[0].replicas[0]: a partition needs replicas on different brokers"),
    Mistake(6, "  - { name: t, replicas: 5 }", at: (6, 26), "topics[0].replicas: 5 replicas on 3 brokers are impossible"),
    Mistake(6, "  - { name: t, partitions: 4, replicas: [[1, 2, 3]] }", at: (6, 41), "topics[0].replicas: 1 lists of replicas for 4 partitions"),
    Mistake(6, "  - { name: t, replicas: [] }", at: (6, 26), "topics[0].replicas: a topic needs a partition"),
    Mistake(6, "  - { name: t, replicas: [[]] }", at: (6, 27), "topics[0].replicas[0]: a partition needs replicas on different brokers"),
    Mistake(6, "  - { name: t }\n  - { name: \"a b/c\" }", at: (7, 13), "topics[1].name: 'a b/c' is not a topic name"),
    Mistake(6, "  - { name: t }\n  - { name: \(String(repeating: "x", count: 250)) }", at: (7, 13), "topics[1].name: '\(String(repeating: "x", count: 80))…' is not a topic name"),
    Mistake(6, "  - { name: t }\n  - { name: __cluster_metadata }", at: (7, 13), "topics[1].name: '__cluster_metadata' is a topic of Kafka's own"),
    Mistake(6, "  - { name: t }\n  - { name: __consumer_offsets }", at: (7, 13), "topics[1].name: '__consumer_offsets' is a topic of Kafka's own"),
    Mistake(6, "  - { name: t }\n  - [u]", at: (7, 5), "topics[1]: expected a mapping, found a list"),
    Mistake(6, "  - { name: t }\n  - { name: t }", at: (7, 13), "topics[1].name: there are two topics 't'"),
    Mistake(6, "  - { name: t }\n  - { name: a.b }\n  - { name: a_b }", at: (8, 13), "topics[2].name: 'a_b' collides with 'a.b'"),
    Mistake(6, "  - { name: t, partitions: 6000 }\n  - { name: u, partitions: 6000 }", at: (6, 3), "topics: 12000 partitions in all are too many"),
    Mistake(6, "  - { name: t, partitions: 10000, replicas: 4 }", at: (6, 45), "topics[0].replicas: 4 replicas on 3 brokers are impossible"),
    // produce
    Mistake(8, "  - produce: { topic: nosuch }", at: (8, 23), "workload[0].produce.topic: there is no topic 'nosuch'"),
    Mistake(8, "  - produce: { topic: t, retries: 3 }", at: (8, 26), "unknown key 'retries' in workload[0].produce"),
    Mistake(8, "  - producer: { topic: t }", at: (8, 5), "unknown key 'producer' in workload[0]"),
    Mistake(8, "  - produce: { topic: t, rate: -100/s }", at: (8, 32), "workload[0].produce.rate: '-100/s' is not a rate"),
    Mistake(8, "  - produce: { topic: t, rate: 1e18/s }", at: (8, 32), "workload[0].produce.rate: '1e18/s' is not a rate"),
    Mistake(8, "  - produce: { topic: t, rate: 1000000000000M/s }", at: (8, 32), "workload[0].produce.rate: '1000000000000M/s' is too much"),
    Mistake(8, "  - produce: { topic: t, rate: 0/s }", at: (8, 32), "workload[0].produce.rate: '0/s' is too little"),
    Mistake(8, "  - produce: { topic: t, rate: 100 }", at: (8, 32), "workload[0].produce.rate: '100' is not a rate"),
    Mistake(8, "  - produce: { topic: t, rate: .nan/s }", at: (8, 32), "workload[0].produce.rate: '.nan/s' is not a rate"),
    Mistake(8, "  - produce: { topic: t, config: { acks: 2 } }", at: (8, 36), "acks=2 is not valid: expected one of all, -1, 0, 1"),
    Mistake(8, "  - produce: { topic: t, config: { fetch.min.bytes: 2 } }", at: (8, 36), "there is no setting named 'fetch.min.bytes'"),
    Mistake(8, "  - produce: { topic: t, value: 5B }", at: (8, 33), "workload[0].produce.value: a value of 5 bytes is not possible"),
    Mistake(8, "  - produce: { topic: t, value: 1000GB }", at: (8, 33), "workload[0].produce.value: a value of 1000000000000 bytes is not possible"),
    Mistake(8, "  - produce: { topic: t, value: 99999999999GB }", at: (8, 33), "workload[0].produce.value: '99999999999GB' is too large"),
    Mistake(8, "  - produce: { topic: t, keys: -5 }", at: (8, 32), "workload[0].produce.keys: -5 is out of range"),
    Mistake(8, "  - produce: { topic: t, keys: { zipf: 0 } }", at: (8, 40), "workload[0].produce.keys.zipf: 0 is out of range"),
    Mistake(8, "  - produce: { topic: t, keys: { zipf: 1000000000000 } }", at: (8, 40), "workload[0].produce.keys.zipf: 1000000000000 is out of range"),
    Mistake(8, "  - produce: { topic: t, clients: 1000000000 }", at: (8, 35), "workload[0].produce.clients: 1000000000 is out of range"),
    Mistake(8, "  - produce: { topic: t, clients: 0 }", at: (8, 35), "workload[0].produce.clients: 0 is out of range"),
    Mistake(8, "  - produce: { topic: t, rate: 1/s, outstanding: 5 }", at: (8, 14), "workload[0].produce: rate, outstanding and load exclude each other"),
    Mistake(8, "  - produce: { topic: t, outstanding: 1000000000000 }", at: (8, 39), "workload[0].produce.outstanding: 1000000000000 is out of range"),
    Mistake(8, "  - produce: { topic: t, partition: 9 }", at: (8, 37), "workload[0].produce.partition: 9 is out of range"),
    Mistake(8, "  - produce: { topic: t, value: { content: { file: nosuch.txt } } }", at: (8, 52), "there is no file nosuch.txt, or it cannot be read"),
    Mistake(8, "  - produce: { topic: t, load: { steps: [{ rate: 10k/s, for: -5s }] } }", at: (8, 62), "workload[0].produce.load.steps[0].for: '-5s' is negative"),
    Mistake(8, "  - produce: { topic: t, load: { steps: [] } }", at: (8, 41), "workload[0].produce.load.steps: there are no steps"),
    Mistake(8, "  - produce: { topic: t, load: { steps: [{ rate: 1/s }, { rate: 2/s }] } }", at: (8, 42), "workload[0].produce.load.steps[0]: a step that does not end must be the last one"),
    Mistake(8, "  - produce: { topic: t, load: { burst: { base: 1k/s, peak: 2k/s, every: 1s, for: 5s } } }", at: (8, 83), "workload[0].produce.load.burst.for: a peak must be shorter than its period"),
    Mistake(8, "  - produce: { topic: t, load: { diurnal: { mean: 1k/s, amplitude: 5, period: 60s } } }", at: (8, 68), "workload[0].produce.load.diurnal.amplitude: 5 is out of range"),
    Mistake(8, "  - produce: { topic: t, load: { diurnal: { mean: 1k/s, amplitude: 1, period: 1us } } }", at: (8, 3), "workload: the rates change too often"),
    Mistake(8, "  - produce: { topic: t, value: { size: { buckets: { 100B: -80 } } } }", at: (8, 60), "workload[0].produce.value.size.buckets.100B: -80 is out of range"),
    Mistake(8, "  - produce: { topic: t, value: { size: { lognormal: { median: 1KiB, sigma: 1000 } } } }", at: (8, 77), "workload[0].produce.value.size.lognormal.sigma: 1000 is out of range"),
    Mistake(8, "  - produce: { topic: t, from: 100s }", at: (8, 32), "workload[0].produce.from: the clients would start when the scenario is over"),
    Mistake(8, "  - produce: { topic: t, from: 10s }", at: (8, 32), "workload[0].produce.from: the clients would start when the scenario is over"),
    Mistake(8, "  - produce: { topic: t, from: 8s, to: 3s }", at: (8, 40), "workload[0].produce.to: the clients would stop before they start"),
    Mistake(8, "  - produce: { topic: t, from: 8s, to: 8s }", at: (8, 40), "workload[0].produce.to: the clients would stop before they start"),
    Mistake(8, "  - produce: { topic: t, records: 0 }", at: (8, 35), "workload[0].produce.records: 0 is out of range"),
    Mistake(8, "  - produce: { topic: t, topics: [t] }", at: (8, 14), "workload[0].produce: topic and topics exclude each other"),
    Mistake(8, "  - produce: { topics: [t, t] }", at: (8, 24), "workload[0].produce.topics: expected different topics"),
    Mistake(8, "  - produce: { topic: t, rate: 200M/s }", at: (8, 3), "workload: 2000000000 records in all are too many"),
    Mistake(8, "  - produce: { topic: t, clients: 5000, outstanding: 1000 }", at: (8, 3), "workload: 5000000 records under way are too many"),
    Mistake(8, "  - produce: { name: broker-1, topic: t }", at: (8, 22), "workload[0].produce.name: 'broker-1' has a meaning of its own"),
    Mistake(8, "  - produce: { name: operator, topic: t }", at: (8, 22), "workload[0].produce.name: 'operator' has a meaning of its own"),
    Mistake(8, "  - produce: { name: audit, topic: t }", at: (8, 22), "workload[0].produce.name: 'audit' has a meaning of its own"),
    Mistake(8, "  - produce: { name: all, topic: t }", at: (8, 22), "workload[0].produce.name: 'all' has a meaning of its own"),
    Mistake(8, "  - produce: { name: any, topic: t }", at: (8, 22), "workload[0].produce.name: 'any' has a meaning of its own"),
    Mistake(8, "  - produce: { name: 1, topic: t }", at: (8, 22), "workload[0].produce.name: '1' has a meaning of its own"),
    Mistake(8, "  - produce: { name: leader, topic: t }", at: (8, 22), "workload[0].produce.name: 'leader' has a meaning of its own"),
    Mistake(8, "  - produce: { name: controller, topic: t }", at: (8, 22), "workload[0].produce.name: 'controller' has a meaning of its own"),
    Mistake(8, "  - produce: { name: leader(t-0), topic: t }", at: (8, 22), "workload[0].produce.name: 'leader(t-0)' cannot name clients"),
    Mistake(8, "  - produce: { name: broker, clients: 2, topic: t }", at: (8, 22), "workload[0].produce.name: 'broker' has a process 'broker-1', which has a meaning of its own"),
    Mistake(8, "  - produce: { name: a/b, topic: t }", at: (8, 22), "workload[0].produce.name: 'a/b' cannot name clients"),
    Mistake(8, "  - produce: { name: x, clients: 2, topic: t }\n  - consume: { name: x-1, topic: t }", at: (9, 22), "workload[1].consume.name: 'x' and 'x-1' both have a process 'x-1'"),
    Mistake(8, "  - produce: { name: x, topic: t }\n  - consume: { name: x, topic: t }", at: (9, 22), "workload[1].consume.name: two entries are named 'x'"),
    Mistake(8, "  - produce: { topic: t, clients: 9000 }\n  - consume: { topic: t, clients: 10, groups: 200 }", at: (8, 3), "workload: 11001 client processes in all are too many"),
    // consume
    Mistake(9, "  - consume: { topic: t, groups: 1000000000 }", at: (9, 34), "workload[1].consume.groups: 1000000000 is out of range"),
    Mistake(9, "  - consume: { topic: t, poll: -5ms }", at: (9, 32), "workload[1].consume.poll: '-5ms' is negative"),
    Mistake(9, "  - consume: { topic: t, poll: 1ns }", at: (9, 32), "workload[1].consume.poll: '1ns' is too short"),
    // faults
    Mistake(11, "  - { at: 5s, after: acked(5), kill: 1 }", at: (11, 5), "faults[0]: this entry says more than one time"),
    Mistake(11, "  - { kill: 1 }", at: (11, 5), "faults[0]: this entry says no time"),
    Mistake(11, "  - { at: 5s, every: 1s, times: 0, kill: 1 }", at: (11, 33), "faults[0].times: 0 is out of range"),
    Mistake(11, "  - { at: 5s, every: 0s, kill: 1 }", at: (11, 22), "faults[0].every: '0s' is too short"),
    Mistake(11, "  - { at: 5s, every: 1us, kill: 1 }", at: (11, 22), "faults[0].every: '1us' is too short"),
    Mistake(11, "  - { at: 0s, every: 1ms, times: 1000000000000, kill: 1 }", at: (11, 34), "faults[0].times: 1000000000000 is out of range"),
    Mistake(11, "  - { at: 5s, times: 3, kill: 1 }", at: (11, 5), "faults[0]: 'times' needs 'every'"),
    Mistake(11, "  - { at: 5s, admin: { explode: {} } }", at: (11, 22), "faults[0].admin: there is no action 'explode'"),
    Mistake(11, "  - { at: 5s, disk: molten, node: 1 }", at: (11, 21), "faults[0].disk: unknown word 'molten'"),
    Mistake(11, "  - { at: 5s, clock: { node: 1, by: 1h } }", at: (11, 22), "faults[0].clock: 'fault' is missing"),
    Mistake(11, "  - { at: 5s, clock: { fault: jump, node: 1, by: 100000d } }", at: (11, 50), "faults[0].clock.by: '100000d' is too long"),
    Mistake(11, "  - { at: 5s, clock: { fault: jump, node: 1, by: 100000000d } }", at: (11, 50), "faults[0].clock.by: '100000000d' is too long"),
    Mistake(11, "  - { at: 5s, clock: { fault: drift, node: 1, by: 2s } }", at: (11, 51), "faults[0].clock.by: a clock cannot drift by '2s' a second"),
    Mistake(11, "  - { at: 5s, slow-cpu: { node: 1, factor: 1 } }", at: (11, 44), "faults[0].slow-cpu.factor: 1 is out of range"),
    Mistake(11, "  - { at: 5s, slow: { from: 1, to: 2 } }", at: (11, 21), "faults[0].slow: nothing gets slow"),
    Mistake(11, "  - { at: 5s, slow: { from: 1, to: 2, latency: -5ms } }", at: (11, 48), "faults[0].slow.latency: '-5ms' is negative"),
    Mistake(11, "  - { at: 5s, slow: { from: 1, to: 2, bandwidth: 0MB/s } }", at: (11, 50), "faults[0].slow.bandwidth: '0MB/s' is too little"),
    Mistake(11, "  - { at: 5s, slow: { from: 1, to: 2, bandwidth: 1b/s } }", at: (11, 50), "faults[0].slow.bandwidth: '1b/s' is too little"),
    Mistake(11, "  - { at: 5s, partition: [[1, 2], [2, 3]] }", at: (11, 26), "faults[0].partition: broker-2 is in two groups"),
    Mistake(11, "  - { at: 5s, partition: [[1], all] }", at: (11, 26), "faults[0].partition: all is in two groups"),
    Mistake(11, "  - { at: 5s, partition: [[1, 2, 3]] }", at: (11, 26), "faults[0].partition: a partition needs two groups or more"),
    Mistake(11, "  - { at: 5s, hold: { api: Fetsh } }", at: (11, 28), "faults[0].hold.api: there is no API 'Fetsh'"),
    Mistake(11, "  - { at: 5s, hold: { api: Fetch, nth: 0 } }", at: (11, 40), "faults[0].hold.nth: 0 is out of range"),
    Mistake(11, "  - { at: 5s, hold: { api: Fetch, request: true, response: true } }", at: (11, 21), "faults[0].hold: both a request and a response are named, or neither"),
    Mistake(11, "  - { at: 5s, delay: { api: Fetch } }", at: (11, 22), "faults[0].delay: 'by' is missing"),
    Mistake(11, "  - { at: 5s, hold: { api: Fetch, by: 5s } }", at: (11, 21), "faults[0].hold: 'by' belongs to delay"),
    Mistake(11, "  - { from: 1s, to: 8s, random: { profile: mild } }", at: (11, 44), "faults[0].random.profile: there is no profile 'mild'"),
    Mistake(11, "  - { from: 1s, to: 8s, random: { profile: { kill: 1001 } } }", at: (11, 52), "faults[0].random.profile.kill: 1001 is out of range"),
    Mistake(11, "  - { from: 1s, to: 8s, random: { profile: { kill: 0 } } }", at: (11, 44), "faults[0].random.profile: no word to draw from"),
    Mistake(11, "  - { from: 1s, to: 8s, random: { profile: calm, keep: everything } }", at: (11, 56), "faults[0].random.keep: unknown word 'everything'"),
    Mistake(11, "  - { from: 1s, random: { profile: calm } }", at: (11, 5), "faults[0]: this says no end"),
    Mistake(11, "  - { from: 1s, to: 8s, every: 1s, random: { profile: calm } }", at: (11, 32), "faults[0].every: random draws its times by itself"),
    Mistake(11, "  - { from: 1s, to: 8s, random: { profile: calm, every: 1us } }", at: (11, 57), "faults[0].random.every: '1us' is too short"),
    Mistake(11, "  - { at: 5s, do: kil, node: 1 }", at: (11, 19), "faults[0].do: there is no fault 'kil'"),
    Mistake(11, "  - { at: 5s, kil: 1 }", at: (11, 5), "faults[0]: there is no fault 'kil'"),
    Mistake(11, "  - { at: 5s, kill: 1, pause: 2 }", at: (11, 5), "faults[0]: this entry does several things: kill, pause"),
    Mistake(11, "  - { at: 5s, kill: 9 }", at: (11, 21), "faults[0].kill: there is no broker 9"),
    Mistake(11, "  - { at: 5s, kill: leader(u-0) }", at: (11, 21), "faults[0].kill: there is no topic 'u'"),
    Mistake(11, "  - { at: 5s, kill: leader(t-9) }", at: (11, 21), "faults[0].kill: there is no partition t-9"),
    Mistake(11, "  - { at: 5s, kill: [1, 1] }", at: (11, 25), "faults[0].kill[1]: broker-1 is in the list twice"),
    Mistake(11, "  - { at: 5s, isolate: [all, 2] }", at: (11, 30), "faults[0].isolate[1]: broker-2 is in the list twice"),
    Mistake(11, "  - { at: 5s, kill: [] }", at: (11, 21), "faults[0].kill: an empty list names no node"),
    Mistake(11, "  - { at: 5s, kill: [1, 9] }", at: (11, 25), "faults[0].kill[1]: there is no broker 9"),
    Mistake(11, "  - { at: 5s, for: 0s, pause: 1 }", at: (11, 20), "faults[0].for: nothing would last"),
    Mistake(11, "  - { at: 5s, to: 8s, for: 2s, pause: 1 }", at: (11, 5), "faults[0]: 'to' and 'for' both say when this ends"),
    Mistake(11, "  - { at: 5s, for: 3s, every: 2s, pause: 1 }", at: (11, 5), "faults[0]: this repeats before it is over"),
    Mistake(11, "  - { at: 5s, for: 3s, restart: 1 }", at: (11, 5), "faults[0]: 'restart' is over at once, and nothing of it can be taken back"),
    Mistake(11, "  - { after: acked(10) + 3s, to: 2s, kill: 1 }", at: (11, 34), "faults[0].to: the entry would end before it begins"),
    Mistake(11, "  - { name: gc, at: 4s, pause: 1 }\n  - { after: gc + 1s, to: 5s, pause: 2 }", at: (12, 27), "faults[1].to: the entry would end before it begins"),
    Mistake(11, "  - { after: election(t-0), to: gc + 3s, kill: 1 }", at: (11, 33), "faults[0].to: 'gc + 3s' is not a time"),
    Mistake(11, "  - { at: 5s, heal: 5 }", at: (11, 21), "faults[0].heal: there is no broker 5"),
    Mistake(11, "  - { at: 5s, release: nothing }", at: (11, 24), "faults[0].release: no earlier entry is named 'nothing'"),
    Mistake(11, "  - { at: -5s, kill: 1 }", at: (11, 11), "faults[0].at: '-5s' is negative"),
    Mistake(11, "  - { at: 50s, kill: 1 }", at: (11, 11), "faults[0].at: '50s' comes when the scenario is over"),
    Mistake(11, "  - { at: 10s, kill: 1 }", at: (11, 11), "faults[0].at: '10s' comes when the scenario is over"),
    Mistake(11, "  - { from: 5s, to: 3s, isolate: 1 }", at: (11, 21), "faults[0].to: the entry would end before it begins"),
    Mistake(11, "  - { at: 5s, to: 5s, kill: 1 }", at: (11, 19), "faults[0].to: the entry would end before it begins"),
    Mistake(11, "  - { after: nosuch, kill: 1 }", at: (11, 14), "faults[0].after: there is no instant 'nosuch'"),
    Mistake(11, "  - { name: a, after: b, kill: 1 }\n  - { name: b, at: 3s, restart: 1 }", at: (11, 23), "faults[0].after: the entry 'b' is further down, and an entry can only follow one above it"),
    Mistake(11, "  - { after: fenced(9), kill: 1 }", at: (11, 14), "faults[0].after: there is no broker 9"),
    Mistake(11, "  - { after: \"isr(t-0, [9])\", kill: 1 }", at: (11, 14), "faults[0].after: there is no broker 9"),
    Mistake(11, "  - { after: election(u-0), kill: 1 }", at: (11, 14), "faults[0].after: there is no topic 'u'"),
    Mistake(11, "  - { after: \"leading(t-3, 1)\", kill: 1 }", at: (11, 14), "faults[0].after: there is no partition t-3"),
    Mistake(11, "  - { after: acked(0), kill: 1 }", at: (11, 14), "faults[0].after: '0' is not a count"),
    Mistake(11, "  - { name: a, at: 2s, kill: 1 }\n  - { name: a, at: 3s, kill: 2 }", at: (12, 13), "faults[1].name: two entries are named 'a'"),
    Mistake(11, "  - { name: \"a\\tb\", at: 2s, kill: 1 }", at: (11, 13), "faults[0].name: 'a?b' cannot name an entry"),
    Mistake(11, "  - { at: 5s, admin: { delete-topic: { topic: zz } } }", at: (11, 47), "faults[0].admin.delete-topic.topic: there is no topic 'zz'"),
    Mistake(11, "  - { at: 5s, admin: { reassign: { partition: t-0, replicas: [9] } } }", at: (11, 63), "faults[0].admin.reassign.replicas[0]: there is no broker 9"),
    Mistake(11, "  - { at: 5s, admin: { reassign: { partition: t-9, replicas: [1] } } }", at: (11, 47), "faults[0].admin.reassign.partition: there is no partition t-9"),
    Mistake(11, "  - { at: 5s, admin: { reassign: { partition: t-0, replicas: [1, 1] } } }", at: (11, 62), "faults[0].admin.reassign.replicas: a partition needs replicas on different brokers"),
    Mistake(11, "  - { at: 5s, admin: { reassign: { partition: t-0, replicas: [] } } }", at: (11, 62), "faults[0].admin.reassign.replicas: a partition needs a replica"),
    Mistake(11, "  - { at: 5s, admin: { reassign: { partition: t-0 } } }", at: (11, 34), "faults[0].admin.reassign: 'replicas' is missing"),
    Mistake(11, "  - { at: 5s, admin: { reassign: { partition: t-0, replicas: [1], cancel: true } } }", at: (11, 34), "faults[0].admin.reassign: a reassignment cannot be asked for and taken back at once"),
    Mistake(11, "  - { at: 5s, admin: { create-topic: { topic: t } } }", at: (11, 47), "faults[0].admin.create-topic.topic: the topic 't' is there already"),
    Mistake(11, "  - { at: 5s, admin: { create-topic: { topic: u, replication-factor: 9 } } }", at: (11, 70), "faults[0].admin.create-topic.replication-factor: 9 replicas on 3 brokers are impossible"),
    Mistake(11, "  - { at: 5s, admin: { create-topic: { topic: __cluster_metadata } } }", at: (11, 47), "faults[0].admin.create-topic.topic: '__cluster_metadata' is a topic of Kafka's own"),
    Mistake(11, "  - { at: 5s, admin: { create-partitions: { topic: t, total: 1 } } }", at: (11, 62), "faults[0].admin.create-partitions.total: 't' has 1 partition already"),
    Mistake(11, "  - { at: 5s, admin: { alter-config: { topic: t, config: { foo: 1 } } } }", at: (11, 60), "there is no setting named 'foo'"),
    Mistake(11, "  - { at: 5s, admin: { alter-config: { topic: u, config: { retention.ms: 1 } } } }", at: (11, 47), "faults[0].admin.alter-config.topic: there is no topic 'u'"),
    Mistake(11, "  - { at: 5s, admin: { elect-leader: { partition: u-0 } } }", at: (11, 51), "faults[0].admin.elect-leader.partition: there is no topic 'u'"),
    Mistake(11, "  - { at: 5s, admin: { delete-records: { partition: t-1, before: 3 } } }", at: (11, 53), "faults[0].admin.delete-records.partition: there is no partition t-1"),
    // settings of single brokers
    Mistake(4, "  brokers: 3\n  broker-config: { 4: { log.flush.interval.messages: 1 } }", at: (5, 20), "cluster.broker-config: there is no broker '4'"),
    Mistake(4, "  brokers: 3\n  broker-config: { 1: { node.id: 5 } }", at: (5, 25), "broker 1 is given node.id by the cluster: 1"),
    Mistake(4, "  brokers: 3\n  broker-config: { 1: { nod.id: 5 } }", at: (5, 25), "there is no setting named 'nod.id'; did you mean 'node.id'?"),
    Mistake(4, "  racks: [a, b, c]\n  broker-config: { 1: { broker.rack: z } }", at: (5, 25), "the racks are said twice"),
    Mistake(4, "  brokers: 3\n  broker-config: [1]", at: (5, 18), "cluster.broker-config: expected settings of brokers by their numbers, found a list"),
    // duration
    Mistake(12, "duration: 10", at: (12, 11), "duration: '10' is not a duration"),
    Mistake(12, "duration: -10s", at: (12, 11), "duration: '-10s' is negative"),
    Mistake(12, "duration: 0s", at: (12, 11), "duration: a trial needs time"),
    Mistake(12, "duration: 1000000d", at: (12, 11), "duration: '1000000d' is too long"),
    Mistake(12, "duration: 106000d", at: (12, 11), "duration: '106000d' is too long"),
    Mistake(12, "duration: 31d", at: (12, 11), "duration: '31d' is too long"),
    Mistake(12, "duration: 99999999999999999d", at: (12, 11), "duration: '99999999999999999d' is too long"),
    Mistake(12, "duration: ~", at: (12, 11), "duration: '~' is not a duration"),
    // the rest
    Mistake(13, "expect: { holds: [durabilty] }", at: (13, 19), "expect.holds[0]: unknown word 'durabilty'"),
    Mistake(13, "expect: { holds: [durability], violates: [durability] }", at: (13, 9), "expect: durability is to be violated and to hold"),
    Mistake(13, "expect: { holds: all, violates: [durability] }", at: (13, 9), "expect: durability is to be violated and to hold"),
    Mistake(13, "expect: { seen: [truncation], never: [truncation] }", at: (13, 9), "expect: truncation is to be seen and never to be seen"),
    Mistake(13, "expect: {}", at: (13, 9), "expect: nothing is expected"),
    Mistake(13, "expect: { seen: [leader-chnge] }", at: (13, 18), "expect.seen[0]: unknown word 'leader-chnge'"),
    Mistake(13, "fautls: []", at: (13, 1), "unknown key 'fautls'"),
    Mistake(13, "measure: { warmup: 100s }", at: (13, 20), "measure.warmup: nothing is left to measure"),
    Mistake(13, "measure: { window: 0s }", at: (13, 20), "measure.window: a window of this length is not possible"),
    Mistake(13, "measure: { window: 1ns }", at: (13, 20), "measure.window: a window of this length is not possible"),
    Mistake(13, "measure: { objective: [\"speed > 9\"] }", at: (13, 24), "there is no metric 'speed'"),
    Mistake(13, "variants: { v: { cluster.nothing.here: 5 } }", at: (13, 40), "variant 'v': unknown key 'nothing' in cluster"),
    Mistake(13, "variants: { v: { cluster.brokers: many } }", at: (13, 35), "variant 'v': cluster.brokers: expected a whole number, found 'many'"),
    Mistake(13, "variants: { v: 5 }", at: (13, 16), "variants.v: expected paths and values"),
    Mistake(13, "variants: { v: { cluster.brokers: 2 } }", at: (6, 34), "variant 'v': topics[0].replicas[0][2]: there is no broker 3"),
    Mistake(13, "vary: { acks: [] }", at: (13, 7), "vary: acks has no values"),
    Mistake(13, "vary: { akcs: [0, 1] }", at: (13, 9), "there is nothing named 'akcs' to vary"),
    Mistake(13, "vary: { acks: [0, 7] }", at: (13, 7), "vary: acks=7: acks=7 is not valid: expected one of all, -1, 0, 1"),
    Mistake(13, "vary: { variant: [none] }", at: (13, 7), "vary: variant=none: there is no variant 'none'"),
    Mistake(13, "vary: [acks]", at: (13, 7), "vary: expected settings with lists of values, found a list"),
  ]

  @Test func `Groups that read too much are refused together`() {
    let found = Self.mistakes(in: Self.text((6, "  - { name: t, partitions: 1000 }"), (9, "  - consume: { topic: t, groups: 1001 }")))
    #expect(found.map(\.problem) == ["workload: 1001000 partitions to read are too many"])
  }

  // MARK: Several

  @Test func `All mistakes of a file are reported, in the order of their places`() {
    let text = Self.text(
      (1, "name: a/b"), (4, "  brokrs: 3\n  config: { min.insync.replica: 2, background.threads: 5 }"), (6, "  - { name: t, partitions: 0, replica: 3 }"),
      (8, "  - produce: { topic: t, rate: 100, value: 100, config: { acks: 2, linger: 5 } }"), (9, "  - consume: { topic: u, poll: -5ms }"),
      (11, "  - { at: 5, kil: 1 }\n  - { from: 3s, to: 2s, isolate: 9 }"), (12, "duration: 10"), (13, "expect: { holds: [al] }"))
    let found = Self.mistakes(in: text)
    #expect(
      found.map { "\($0.place.line) \($0.problem)" } == [
        "1 name: 'a/b' cannot be a name", "4 unknown key 'brokrs' in cluster", "5 there is no setting named 'min.insync.replica'; did you mean 'min.insync.replicas'?",
        "5 background.threads cannot be set here: a setting of Kafka's brokers or controllers that this broker does not model; leave it out",
        "7 topics[0].partitions: 0 is out of range", "7 unknown key 'replica' in topics[0]", "9 workload[0].produce.rate: '100' is not a rate",
        "9 workload[0].produce.value: '100' is not a size", "9 acks=2 is not valid: expected one of all, -1, 0, 1", "9 there is no setting named 'linger'",
        "10 workload[1].consume.topic: there is no topic 'u'", "10 workload[1].consume.poll: '-5ms' is negative", "12 faults[0]: there is no fault 'kil'",
        "12 faults[0].at: '5' is not a duration", "13 faults[1].to: the entry would end before it begins", "13 faults[1].isolate: there is no broker 9",
        "14 duration: '10' is not a duration", "15 expect.holds[0]: unknown word 'al'",
      ])
    #expect(ScenarioError(found).description.split(separator: "\n").filter { $0.hasPrefix("error: ") }.count == found.count - 1)
  }

  @Test func `If there are very many mistakes, the first fifty are printed`() {
    let lines = (0..<120).map { "  - { name: \"a b\($0)\" }" }
    let found = Self.mistakes(in: Self.text((6, "  - { name: t }\n" + lines.joined(separator: "\n"))))
    #expect(found.count == 120)
    let text = ScenarioError(found).description
    #expect(text.contains("topics[50].name") && !text.contains("topics[51].name"))
    #expect(text.hasSuffix("\nand 70 more"))
  }

  @Test func `Reading stops at very many mistakes`() {
    let found = Self.mistakes(in: (0..<20_000).map { "key-\($0): 1" }.joined(separator: "\n"))
    #expect((500...1_000).contains(found.count))
  }

  @Test func `A mistake in what everything refers to is reported once`() {
    let found = Self.mistakes(in: Self.text((4, "  brokers: three"), (11, "  - { at: 5s, kill: 3 }\n  - { at: 6s, kill: leader(t-0) }")))
    #expect(found.map(\.problem) == ["cluster.brokers: expected a whole number, found 'three'"])
  }

  // MARK: YAML

  @Test func `Aliases are never expanded`() {
    let levels = zip("abcdefghi", "bcdefghij").map { one, next in "\(next): &\(next) [\(Array(repeating: "*\(one)", count: 9).joined(separator: ","))]" }
    let found = Self.mistakes(in: (["a: &a [x]"] + levels + ["? *j\n: 1"]).joined(separator: "\n"))
    #expect(found.map(\.problem) == ["anchors are not read"])
    #expect(found.first?.place == Place(source: "mistaken.yaml", line: 1, column: 4))
  }

  @Test func `A document with very many values is refused before anything is built from it`() {
    let found = Self.mistakes(in: "name: [" + String(repeating: "x,", count: 200_000) + "]")
    #expect(found.map(\.problem) == ["the document has too many values"])
  }

  @Test func `Stars and ampersands within words are no aliases`() {
    #expect(Self.mistakes(in: Self.text((2, "about: a * b & c, *more* &so on"))).isEmpty)
  }

  @Test(arguments: [
    ("", "the file is empty"), ("# nothing", "the file is empty"), ("- a", "expected a mapping, found a list"), ("hello", "expected a mapping, found 'hello'"),
    ("name: [a", "this is not YAML"), ("name: \"a", "this is not YAML"), ("a:\n\t- b", "there is a tab here"), ("a: 1\na: 2", "the key 'a' occurs here for the second time"),
    ("a: 1\n---\nb: 2", "a second document begins here"), ("a: " + String(repeating: "[", count: 50_000), "nested too deep"),
    (String(repeating: "#", count: 5 << 20), "the text has 5242880 bytes"), ("name: a\u{0}b", "control characters are not allowed"),
  ])
  func `A text that is not a mapping is refused`(text: String, problem: String) {
    let found = Self.mistakes(in: text)
    #expect(found.contains { $0.problem.contains(problem) }, "\(found)")
  }

  @Test func `A key that occurs twice is reported at its second place`() {
    let block = Self.mistakes(in: "name: a\ncluster:\n  brokers: 3\n  # more\n  brokers: 4\n"), braces = Self.mistakes(in: "name: a\ncluster: { brokers: 3, brokers: 4 }\n")
    #expect(block.map(\.place) == [Place(source: "mistaken.yaml", line: 5, column: 3)])
    #expect(braces.map(\.problem) == ["the key 'brokers' occurs twice in the mapping that begins here"])
  }

  @Test func `Foreign line ends do no harm`() {
    #expect(Self.mistakes(in: Self.text.split(separator: "\n").joined(separator: "\r\n")).isEmpty)
  }

  // MARK: What was chosen

  @Test func `A variant that is not chosen is checked anyway, and one that is chosen may correct the file`() throws {
    let text = Self.text((13, "variants: { good: { duration: 20s }, bad: { duration: 20 } }"))
    #expect { try ScenarioReader.read(text: text, file: "mistaken.yaml") } throws: { "\($0)".contains("variant 'bad': duration: '20' is not a duration") }
    #expect { try ScenarioReader.read(text: text, file: "mistaken.yaml", variant: "good") } throws: { "\($0)".contains("variant 'bad'") }
    let open = Self.text((12, "variants: { timed: { duration: 20s } }"))
    #expect(try ScenarioReader.read(text: open, file: "mistaken.yaml", variant: "timed").duration == .seconds(20))
    #expect(try ScenarioReader.read(text: open, file: "mistaken.yaml", overrides: ["duration=8s"]).duration == .seconds(8))
  }

  @Test func `Things that later entries of the schedule create may be referred to`() {
    let faults = """
        - { at: 1s, admin: { create-topic: { topic: u, partitions: 3 } } }
        - { at: 2s, admin: { create-partitions: { topic: t, total: 4 } } }
        - { at: 3s, kill: leader(u-2) }
        - { at: 4s, pause: follower(t-3) }
      """
    #expect(Self.mistakes(in: Self.text((11, faults))).isEmpty)
  }

  @Test func `Values at the bounds are accepted`() {
    #expect(Self.mistakes(in: Self.text((12, "duration: 30d"), (8, "  - produce: { topic: t, rate: 100/s, clients: 9999 }"))).isEmpty)
    #expect(Self.mistakes(in: Self.text((11, "  - { at: 0s, every: 1ms, times: 10000, reset: { from: 1, to: 2 } }"))).isEmpty)
    #expect(Self.mistakes(in: Self.text((6, "  - { name: t, partitions: 10000 }"))).isEmpty)
    #expect(Self.mistakes(in: Self.text((11, "  - { from: 5s, to: 5m, isolate: 1 }"))).isEmpty)
  }
}
