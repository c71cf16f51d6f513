import Host
import Primitives
import Scenarios
import Sim

/// Waits for the moments of a schedule and runs their actions.
///
/// Moments that are times go into the world's agenda; named instants are checked after everything that nodes report and
/// after every acknowledgement.
final class Schedule {
  private let world: World
  private var waiting = AwaitedInstants()
  private var carriedOut: Set<String> = []
  private let origin: Instant
  private unowned let view: ClusterViewHolder
  /// In the order of the controllers' numbers.
  private let controllerIDs: [NodeID]

  /// Called whenever something may have changed that an instant is about, and with an entry when it is carried out for the first time.
  var onLook: ((_ entry: String?) -> Void)? { didSet { view.isAwaited = onLook != nil || !waiting.isEmpty } }

  init(world: World, origin: Instant, view: ClusterViewHolder, controllerIDs: [NodeID] = []) {
    self.controllerIDs = controllerIDs
    self.world = world
    self.origin = origin
    self.view = view
    view.cluster.beginCounting()
  }

  /// Runs `action` when the moment comes.
  func when(_ moment: Moment, _ action: @escaping () -> Void) {
    switch moment {
    case .time(let time): world.at(origin + time, action)
    case .instant(let instant, let plus):
      waiting.add(instant) { [world] in world.after(plus, action) }
      look()
    }
  }

  func markCarriedOut(_ entry: String) {
    if carriedOut.insert(entry).inserted { onLook?(entry) }
    look()
  }

  /// Checks whether anything awaited has come.
  func look() {
    onLook?(nil)
    let due = waiting.take(hasCome)
    view.isAwaited = onLook != nil || !waiting.isEmpty
    for action in due { action() }
  }

  private func hasCome(_ instant: NamedInstant) -> Bool {
    let cluster = view.cluster
    switch instant {
    case .election(let partition, let times): return cluster[partition].elections >= times
    case .acknowledged(let count): return view.acknowledged >= count
    case .isr(let partition, let members): return cluster[partition].isr.sorted() == members
    case .fenced(let node, let times): return cluster.fencings[node, default: 0] >= times
    case .unfenced(let node, let times): return cluster.unfencings[node, default: 0] >= times
    case .active(let times): return cluster.activations >= times
    case .activeController(let number, let times): return cluster.activationsOfControllers[controllerIDs[number - 1], default: 0] >= times
    case .quorumEpoch(let epoch): return cluster.controllerEpoch >= epoch
    case .voters(let numbers): return cluster.voters == numbers.map { controllerIDs[$0 - 1] }
    case .snapshot(let times): return cluster.snapshots >= times
    case .highWatermark(let partition, let offset): return cluster[partition].highWatermark >= offset
    case .leading(let partition, let epoch):
      return view.leading.contains(Leadership(partition: TopicIDPartition(cluster.topicID(of: partition), partition.partition), epoch: epoch))
    case .stable(let group): return view.groups[group]?.standing.isStable == true
    case .rebalance(let group, let times): return view.groups[group]?.rebalances ?? 0 >= times
    case .joined(let group, let members): return view.groups[group]?.standing.members ?? 0 >= members
    case .committed(let group, let partition, let offset): return view.groups.committed(group, partition).map { $0 >= offset } == true
    case .transactionState(let id, let state, let times): return view.transactions.entries(of: id, into: state) >= times
    case .transactionBegun(let id, let times): return view.transactions.begun(id) >= times
    case .transactionCommitted(let id, let times): return view.transactions.entries(of: id, into: "CompleteCommit") >= times
    case .transactionAborted(let id, let times): return view.transactions.entries(of: id, into: "CompleteAbort") >= times
    case .entry(let name): return carriedOut.contains(name)
    }
  }
}

/// The state shared by the observers of one trial.
final class ClusterViewHolder {
  var cluster = ClusterView()
  var groups = GroupsView()
  var transactions = TransactionsView()
  /// Leaderships that a broker has started.
  var leading: Set<Leadership> = []
  /// The number of records acknowledged so far, for all producers together.
  var acknowledged = 0
  /// Whether a schedule waits for something in this state, and has to be notified of every change.
  var isAwaited = false
}

struct Leadership: Hashable {
  var partition: TopicIDPartition
  var epoch: LeaderEpoch
}
