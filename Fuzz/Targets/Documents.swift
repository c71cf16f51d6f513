import Bench
import Primitives
import Scenarios
import Trials

/// Users' files: a byte for the kind, and the text. A machine that was read must be the same when it is written and read again.
@Sendable func fuzzDocuments(_ input: Bytes) -> Int {
  guard !input.isEmpty else { return 0 }
  let text = input[1...]
  switch input[0] % 6 {
  case 0: _ = try? ScenarioLibrary.scenario(at: UserFiles.stored(text, "scenario.yaml"))
  case 1: fuzzMachine(text.anyText)
  case 2: _ = try? BenchPlan(BenchRequest(file: UserFiles.stored(text, "workload.yaml")))
  case 3:
    var request = BenchRequest(file: UserFiles.stored(Bytes(smallWorkload), "small-workload.yaml"))
    request.driver = UserFiles.stored(text, "driver.yaml")
    _ = try? BenchPlan(request)
  case 4: _ = FileCheck(UserFiles.stored(text, "checked.yaml")).mistakes.map(\.description)
  default:
    var request = BenchRequest(file: UserFiles.stored(Bytes(smallScenario), "small.yaml"))
    request.payloadFile = UserFiles.stored(text, "payload")
    _ = try? BenchPlan(request)
  }
  return 1
}

private func fuzzMachine(_ text: String) {
  guard let machine = try? MachineReader.read(text: text, file: "machine.yaml") else { return }
  do {
    if try MachineReader.read(text: machine.yaml, file: "machine.yaml") != machine { finding("another machine is read from \(machine.yaml)") }
  } catch {
    finding("a machine that was written cannot be read, \(error): \(machine.yaml)")
  }
}

private let smallWorkload = """
  { name: w, topics: 1, partitionsPerTopic: 1, messageSize: 100, subscriptionsPerTopic: 1, producersPerTopic: 1, consumerPerSubscription: 1,
    producerRate: 100, testDurationMinutes: 1 }
  """

/// The scenario with which options and payloads are tested.
let smallScenario = """
  name: small
  about: a topic, a producer and a consumer
  duration: 10s
  cluster: { brokers: 2, config: { min.insync.replicas: 1 }, switches: {} }
  topics: [ { name: t, partitions: 2, replicas: 2 } ]
  workload:
    - produce: { topic: t, rate: 10/s, clients: 1 }
    - consume: { topic: t }
  faults:
    - { at: 2s, kill: 1 }
    - { at: 4s, restart: 1 }
  variants:
    other: { cluster.brokers: 3 }
  measure: { warmup: 1s }

  """
