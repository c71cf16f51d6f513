import Client
import Host
import Primitives

/// A running client process of a workload, as observers see it. The queries change nothing. Those that do not apply to a process have defaults.
public protocol ClientApplication: Node {
  // MARK: Sending

  /// Whether everything it has to send was sent and answered.
  var isDone: Bool { get }

  /// The number of records that its schedule wanted by the end of the load and that were not sent; nil without a schedule. Final once the load has ended.
  var neverSent: Int? { get }

  /// Whether records it sent to a partition are waiting for their response.
  func isWaiting(for partition: TopicPartition) -> Bool

  // MARK: Reading

  /// The partitions that it reads now.
  var partitions: [TopicPartition] { get }

  /// The next offset that it will be given; nil if it has no position yet.
  func position(of partition: TopicPartition) -> Offset?

  /// The isolation level it reads with.
  var isolation: IsolationLevel { get }

  /// Whether it has started to read.
  var isStarted: Bool { get }

  /// Whether the time in which it reads is over.
  var isStopped: Bool { get }

  /// Whether it is working on records that it was given.
  var isWorking: Bool { get }

  /// Its number in the history as a member of a group; nil if it is in no group.
  var member: ProcessNumber? { get }

  /// Its state in its group; nil while it is no member.
  var standing: MemberStanding? { get }
}

extension ClientApplication {
  public var isDone: Bool { true }
  public var neverSent: Int? { nil }
  public func isWaiting(for partition: TopicPartition) -> Bool { false }

  public var partitions: [TopicPartition] { [] }
  public func position(of partition: TopicPartition) -> Offset? { nil }
  public var isolation: IsolationLevel { .readUncommitted }
  public var isStarted: Bool { true }
  public var isStopped: Bool { false }
  public var isWorking: Bool { false }
  public var member: ProcessNumber? { nil }
  public var standing: MemberStanding? { nil }
}
