import Client
import Host
import Live
import Primitives
import Synchronization
import Trials

/// Polls a cluster for its state, like an operator who looks at its metadata.
final class ClusterWatch: Node {
  /// What was seen, for other threads.
  final class Sight: Sendable {
    fileprivate struct State {
      var picture = ClusterPicture()
      var changes: [(at: Instant, change: ClusterPicture.Change)] = []
    }

    fileprivate let state = Mutex(State())

    var picture: ClusterPicture { state.withLock { $0.picture } }

    /// The changes since the last call.
    func takeChanges() -> [(at: Instant, change: ClusterPicture.Change)] {
      state.withLock { state in
        defer { state.changes = [] }
        return state.changes
      }
    }

    func beginCounting() {
      state.withLock { state in
        state.picture.beginCounting()
        state.changes = []
      }
    }

    fileprivate func update(at now: Instant, _ look: (inout ClusterPicture) -> [ClusterPicture.Change]) {
      state.withLock { state in state.changes += look(&state.picture).map { (now, $0) } }
    }
  }

  /// The time between an answer and the next request of the same kind.
  private static let interval = Duration.milliseconds(100)
  private static let intervalOfQuorum = Duration.seconds(1)

  private let reactor: Reactor
  private let admin: Admin
  private let plan: WatchPlan
  private let sight: Sight
  private let ownControllers: [NodeID]

  /// - Parameter ownControllers: those that are known without asking; empty where nothing is known.
  init(host: any NodeHost, configuration: AdminConfiguration, plan: WatchPlan, sight: Sight, ownControllers: [NodeID]) {
    reactor = Reactor(host: host)
    var configuration = configuration
    // A slow answer is out of date.
    configuration.connection.requestTimeout = .seconds(2)
    configuration.defaultAPITimeout = .seconds(4)
    admin = Admin(reactor: reactor, configuration: configuration)
    self.plan = plan
    self.sight = sight
    self.ownControllers = ownControllers
  }

  deinit { reactor.end() }

  func start() {
    if !ownControllers.isEmpty {
      sight.update(at: reactor.now) { [ownControllers] picture in
        picture.update(controllers: ownControllers)
        return []
      }
    }
    look()
  }

  func handle(_ event: Event) { reactor.dispatch(event) }

  func shutdown() {
    admin.close()
    reactor.host.exit()
  }

  /// Starts all queries. They are independent: metadata must not wait for a coordinator that is unavailable.
  private func look() {
    repeatedly { [unowned self] done in
      admin.describeCluster { [unowned self] result in
        if let cluster = try? result.get() { updatePicture { $0.update(with: cluster) } }
        done()
      }
    }
    repeatedly { [unowned self] done in
      admin.describeTopics(plan.topics) { [unowned self] results in
        for (_, result) in results { if let topic = try? result.get() { updatePicture { $0.update(with: topic) } } }
        done()
      }
    }
    // One alone is active whenever it runs.
    if ownControllers.count != 1 { lookAtQuorum() }
    for group in plan.groups { look(at: group) }
    if !plan.transactions.isEmpty { lookAtTransactions() }
    for group in plan.committed { lookAtOffsets(of: group) }
    if !plan.ends.isEmpty { lookAtEnds() }
  }

  private func lookAtQuorum() {
    repeatedly(every: Self.intervalOfQuorum) { [unowned self] done in
      admin.describeQuorum { [unowned self] result in
        if let quorum = try? result.get() { updatePicture { $0.update(with: quorum); return [] } }
        done()
      }
    }
  }

  private func look(at group: String) {
    repeatedly { [unowned self] done in
      admin.findCoordinator(ofGroup: group) { [unowned self] result in
        if let coordinator = try? result.get() { updatePicture { $0.update(coordinator: coordinator, of: group) } }
        done()
      }
    }
    repeatedly { [unowned self] done in
      admin.describeGroups([group]) { [unowned self] results in
        for (_, result) in results { if let description = try? result.get() { updatePicture { $0.update(with: description); return [] } } }
        done()
      }
    }
  }

  private func lookAtTransactions() {
    repeatedly { [unowned self] done in
      admin.describeTransactions(plan.transactions) { [unowned self] results in
        // Skip ids that no producer has used yet.
        for (_, result) in results { if let transaction = try? result.get() { updatePicture { $0.update(with: transaction); return [] } } }
        done()
      }
    }
  }

  private func lookAtOffsets(of group: String) {
    repeatedly { [unowned self] done in
      admin.listGroupOffsets(group) { [unowned self] result in
        if let offsets = try? result.get() {
          let committed = Dictionary(offsets.map { ($0.partition, $0.offset.offset) }, uniquingKeysWith: { _, last in last })
          updatePicture { $0.update(committed: committed, of: group); return [] }
        }
        done()
      }
    }
  }

  private func lookAtEnds() {
    repeatedly { [unowned self] done in
      admin.listOffsets(plan.ends.map { ($0, .latest) }) { [unowned self] results in
        for (partition, result) in results { if let end = try? result.get()?.offset { updatePicture { $0.update(end: end, of: partition); return [] } } }
        done()
      }
    }
  }

  /// Asks, and asks again some time after each answer.
  private func repeatedly(every interval: Duration = ClusterWatch.interval, _ question: @escaping (_ done: @escaping () -> Void) -> Void) {
    question { [unowned self] in
      reactor.after(interval) { [unowned self] in repeatedly(every: interval, question) }
    }
  }

  private func updatePicture(_ look: (inout ClusterPicture) -> [ClusterPicture.Change]) { sight.update(at: reactor.now, look) }
}
