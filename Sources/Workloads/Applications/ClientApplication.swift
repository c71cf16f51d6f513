import Client
import Host
import Primitives

/// A client process of a workload as it runs: what it tells those who watch it. Asking it changes nothing. What it does not do it need not mention.
public protocol ClientApplication: Node {
  // MARK: Sending

  /// Whether everything that it shall send was sent and answered.
  var isDone: Bool { get }

  /// Records that its schedule wanted sent by the end of the load and that were not; nil where it follows no schedule. Right from the end on.
  var neverSent: Int? { get }

  /// Whether records of it for a partition wait for their answer.
  func isWaiting(for partition: TopicPartition) -> Bool

  // MARK: Reading

  /// What it reads now.
  var partitions: [TopicPartition] { get }

  /// The next offset that it will be given; nil where it has none yet.
  func position(of partition: TopicPartition) -> Offset?

  /// Which records it may be given.
  var isolation: IsolationLevel { get }

  /// Whether it has begun to read.
  var isStarted: Bool { get }

  /// Whether it has read for as long as it was to read.
  var isStopped: Bool { get }

  /// Whether it works on records that it was given.
  var isWorking: Bool { get }

  /// The number under which it stands in the history as a member of a group; nil where it is in none.
  var member: ProcessNumber? { get }

  /// Where it stands in its group; nil while it is no member.
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
