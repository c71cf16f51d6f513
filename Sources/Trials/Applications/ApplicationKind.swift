import Client
import Primitives
import Scenarios
import Workloads

/// A kind of client: what an entry of the workload asks its processes to do. A value is what one entry says.
///
/// Whoever runs, measures or judges clients asks this, and asks the running processes as `ClientApplication`s: nobody else tells kinds apart. What a kind does
/// not do it does not mention. A new one is a folder here, its application in Workloads, and a line in `ApplicationKinds`.
protocol ApplicationKind: Sendable {
  /// What entries of this kind begin with.
  static var word: String { get }

  /// Reads what stands behind the word but for what every entry has (`name`, `from`, `to`). Whoever asks finishes the map. Throws a `ScenarioError`.
  init(_ map: inout MapReader, _ reader: ApplicationReader) throws

  /// What its processes work on, of the topics that the scenario begins with.
  var topics: [String] { get }

  /// How many processes an entry has.
  var processCount: Int { get }

  /// One of the processes as a node.
  func application(of process: ClientProcess, in surroundings: ClientSurroundings) -> any ClientApplication

  // MARK: Who sends

  /// What its processes write to, of the topics that the scenario begins with.
  var outputs: [String] { get }

  /// What producers of its processes are set to; nil where it has none.
  var producer: ProducerConfiguration? { get }

  /// The transactional ids of its processes, in their order; empty where they have none.
  var transactionalIDs: [String] { get }

  /// Records that it makes up, and when; nil where it sends nothing of its own.
  var sendPlan: SendPlan? { get }

  /// Changes what it sends of its own, where it does.
  mutating func changeSendPlan(_ change: (inout SendPlan) -> Void)

  // MARK: Who reads

  /// What consumers of its processes are set to; nil where it has none.
  var consumer: ConsumerConfiguration? { get }

  /// How many times each record of its topics is delivered to it.
  var groupCount: Int { get }

  /// How long a process rests between two polls.
  var pollInterval: Duration { get }

  /// What a process may be given, of the partitions of its topics.
  func partitions(readBy number: Int, among all: [TopicPartition]) -> [TopicPartition]

  /// What it says of the consumer group that its processes are members of; nil where they are in none.
  var membership: MembershipPlan? { get }

  // MARK: Files

  /// Puts another path in the place of each that an entry of this kind names, where `path` gives one.
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

  /// The consumer group that its processes are members of; nil where they are in none.
  var group: String? { membership?.group }

  /// How its clients find the cluster and how patient they are with it.
  var connections: [ConnectionConfiguration] { [producer?.connection, consumer?.connection].compactMap { $0 } }
}
