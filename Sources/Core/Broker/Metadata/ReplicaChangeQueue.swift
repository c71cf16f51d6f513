import Host
import Primitives
import Replication

/// Hands what the metadata says of this broker's replicas to the replica manager, in the order of the metadata log.
///
/// A topic of thousands of partitions is thousands of directories to make. Such a change is applied in slices, between which the broker
/// handles whatever else comes: requests, answers, the heartbeats that keep it unfenced. A partition whose slice has not come yet is known to be
/// led here and has no log, which clients are told as NOT_LEADER_OR_FOLLOWER. So it is in Kafka, where the metadata is
/// published before logs are made (`BrokerMetadataPublisher.onMetadataUpdate`).
final class ReplicaChangeQueue {
  /// What is applied together.
  struct Change {
    var states: ArraySlice<PartitionState> = []
    /// Taken away before the states are applied.
    var deleted: ArraySlice<TopicIDPartition> = []
    /// Nil if nothing changed among them.
    var brokers: [ClusterBroker]?
    var completion: () -> Void = {}

    var isEmpty: Bool { count == 0 && brokers == nil }
    fileprivate var count: Int { states.count + deleted.count }

    /// Takes the first part out.
    fileprivate mutating func takeSlice(of size: Int) -> Change {
      var slice = Change()
      slice.brokers = brokers
      slice.deleted = deleted.prefix(size)
      slice.states = states.prefix(size - slice.deleted.count)
      brokers = nil
      deleted = deleted.dropFirst(slice.deleted.count)
      states = states.dropFirst(slice.states.count)
      return slice
    }
  }

  private let reactor: Reactor
  private let replicaManager: ReplicaManager
  /// Changes that have not come to their end, in order.
  private var waiting: [Change] = []

  /// Up to so many replicas a change is applied at once.
  private static let largestWhole = 256
  /// Replicas of a slice. A directory with its files is made in less than a millisecond where the file system is at its best.
  private static let sliceSize = 16

  init(reactor: Reactor, replicaManager: ReplicaManager) {
    self.reactor = reactor
    self.replicaManager = replicaManager
  }

  /// Applies a change at once, where it is small and nothing waits before it.
  func add(_ change: Change) {
    guard !waiting.isEmpty || change.count > Self.largestWhole else { return finish(change) }
    waiting.append(change)
    if waiting.count == 1 { applyNext() }
  }

  private func applyNext() {
    if waiting[0].count > Self.sliceSize {
      apply(waiting[0].takeSlice(of: Self.sliceSize))
    } else {
      finish(waiting.removeFirst())
    }
    guard !waiting.isEmpty else { return }
    reactor.after(.zero) { [weak self] in self?.applyNext() }
  }

  private func finish(_ change: Change) {
    apply(change)
    change.completion()
  }

  private func apply(_ change: Change) {
    replicaManager.apply(Array(change.states), deleted: Array(change.deleted), brokers: change.brokers)
  }
}
