import Primitives
import Workloads

/// One client process of a workload entry, wherever it runs.
struct ClientProcess: Sendable {
  let plan: WorkloadPlan
  /// The number among the processes of its entry, from 0.
  let number: Int
  /// The number of groups in earlier entries that read one of its topics.
  let firstGroup: Int
  /// The partitions that it may receive; empty if it only sends.
  let partitions: [TopicPartition]
  /// The duration of the whole scenario: nothing is sent later.
  let duration: Duration
  let seed: UInt64

  var name: String { plan.processName(number) }

  /// When it starts, on the clock on which `origin` is the scenario's origin.
  func start(from origin: Instant) -> Instant { origin + plan.start }

  /// When it stops on its own; nil if the entry does not say.
  func stop(from origin: Instant) -> Instant? { plan.stop.map { min(origin + $0, end(from: origin)) } }

  /// When the scenario is over.
  func end(from origin: Instant) -> Instant { origin + duration }

  /// The process as a node.
  func application(in surroundings: ClientSurroundings) -> any ClientApplication { plan.application.application(of: self, in: surroundings) }
}
