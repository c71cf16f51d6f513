import Client
import Primitives
import Scenarios
import Workloads

/// A kind of client: what an entry of the workload tells its processes to do. A value represents one entry.
///
/// All code that runs, measures or judges clients uses this protocol, and `ClientApplication` for the running processes: no other code distinguishes kinds. A kind leaves out
/// what it does not do. A new kind is a folder here, its application in Workloads, and a line in `ApplicationKinds`.
protocol ApplicationKind: Sendable {
  /// The word that begins entries of this kind.
  static var word: String { get }

  /// Reads the value of the word, except for what every entry has (`name`, `from`, `to`). The caller finishes the map. Throws a `ScenarioError`.
  init(_ map: inout MapReader, _ reader: ApplicationReader) throws

  /// The topics its processes work on, among those that exist at the start of the scenario.
  var topics: [String] { get }

  /// The number of processes of an entry.
  var processCount: Int { get }

  /// One of the processes as a node.
  func application(of process: ClientProcess, in surroundings: ClientSurroundings) -> any ClientApplication

  // MARK: Sending

  /// The topics its processes write to, among those that exist at the start of the scenario.
  var outputs: [String] { get }

  /// The configuration of its producers; nil if it has none.
  var producer: ProducerConfiguration? { get }

  /// The transactional ids of its processes, in their order; empty if they have none.
  var transactionalIDs: [String] { get }

  /// The records that it generates itself, and when; nil if it generates none.
  var sendPlan: SendPlan? { get }

  /// Changes the plan of the records that it generates, if it generates any.
  mutating func changeSendPlan(_ change: (inout SendPlan) -> Void)

  // MARK: Reading

  /// The configuration of its consumers; nil if it has none.
  var consumer: ConsumerConfiguration? { get }

  /// The number of times each record of its topics is delivered to it.
  var groupCount: Int { get }

  /// The pause of a process between two polls.
  var pollInterval: Duration { get }

  /// The partitions of its topics that a process may receive.
  func partitions(readBy number: Int, among all: [TopicPartition]) -> [TopicPartition]

  /// What the entry says about the consumer group of its processes; nil if they are in none.
  var membership: MembershipPlan? { get }

  // MARK: Files

  /// Replaces every path in an entry of this kind for which `path` returns another one.
  static func changePaths(in entry: inout Value, _ path: (Value) -> Value?)
}

extension ApplicationKind {
  var outputs: [String] { producer == nil ? [] : topics }
  var producer: ProducerConfiguration? { nil }
  var transactionalIDs: [String] { [] }
  var sendPlan: SendPlan? { nil }
  mutating func changeSendPlan(_ change: (inout SendPlan) -> Void) {}

  var consumer: ConsumerConfiguration? { nil }
  var groupCount: Int { 0 }
  var pollInterval: Duration { .zero }
  func partitions(readBy number: Int, among all: [TopicPartition]) -> [TopicPartition] { [] }
  var membership: MembershipPlan? { nil }

  static func changePaths(in entry: inout Value, _ path: (Value) -> Value?) {}

  /// The consumer group of its processes; nil if they are in none.
  var group: String? { membership?.group }

  /// How its clients connect to the cluster, with timeouts and retries.
  var connections: [ConnectionConfiguration] { [producer?.connection, consumer?.connection].compactMap { $0 } }
}
