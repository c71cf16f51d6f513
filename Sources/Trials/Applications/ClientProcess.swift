import Primitives
import Workloads

/// One client process of a workload entry: what it does, wherever it runs.
struct ClientProcess: Sendable {
  let plan: WorkloadPlan
  /// Among those of its entry, from 0.
  let number: Int
  /// How many groups of entries before this one read one of its topics.
  let firstGroup: Int
  /// What it may be given; empty of one that only sends.
  let partitions: [TopicPartition]
  /// Of the whole scenario: nothing is sent later.
  let duration: Duration
  let seed: UInt64

  var name: String { plan.processName(number) }

  /// When it begins, on the clock of which `origin` is the scenario's zero.
  func start(from origin: Instant) -> Instant { origin + plan.start }

  /// When it stops by itself; nil where the entry does not say.
  func stop(from origin: Instant) -> Instant? { plan.stop.map { min(origin + $0, end(from: origin)) } }

  /// When the scenario is over.
  func end(from origin: Instant) -> Instant { origin + duration }

  /// The process as a node.
  func application(in surroundings: ClientSurroundings) -> any ClientApplication { plan.application.application(of: self, in: surroundings) }
}
