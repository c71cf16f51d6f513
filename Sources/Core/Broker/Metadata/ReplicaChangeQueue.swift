import Host
import Primitives
import Replication

/// Passes what the metadata says about this broker's replicas to the replica manager, in the order of the metadata log.
///
/// A topic with thousands of partitions needs thousands of new directories. Such a change is applied in slices, between which the broker handles
/// everything else: requests, responses, the heartbeats that keep it unfenced. Until its slice comes, a partition is known to be led here but has no
/// log, so clients get NOT_LEADER_OR_FOLLOWER. The same happens in Kafka, where the metadata is published before logs are created
/// (`BrokerMetadataPublisher.onMetadataUpdate`).
final class ReplicaChangeQueue {
  /// Changes that are applied together.
  struct Change {
    var states: ArraySlice<PartitionState> = []
    /// Removed before the states are applied.
    var deleted: ArraySlice<TopicIDPartition> = []
    /// Nil if none changed.
    var brokers: [ClusterBroker]?
    var completion: () -> Void = {}

    var isEmpty: Bool { count == 0 && brokers == nil }
    fileprivate var count: Int { states.count + deleted.count }

    /// Takes out the first part.
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
  /// Changes that are not completely applied, in order.
  private var waiting: [Change] = []

  /// Whether all changes are applied.
  var isIdle: Bool { waiting.isEmpty }

  /// A change with up to this many replicas is applied at once.
  private static let largestWhole = 256
  /// The number of replicas in a slice. On a fast file system a directory with its files is created in less than a millisecond.
  private static let sliceSize = 16

  init(reactor: Reactor, replicaManager: ReplicaManager) {
    self.reactor = reactor
    self.replicaManager = replicaManager
  }

  /// Applies a change at once if it is small and nothing waits before it.
  func add(_ change: Change) {
    guard !waiting.isEmpty || change.count > Self.largestWhole else { return finish(change) }
    mark(.manyReplicasChanged)
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
