import Client
import Host
import OrderedCollections
import Primitives
import Raft
import Scenarios
import Wire

/// What an operator knows of the controllers, by their numbers.
package struct OperatedControllers {
  let id: (Int) -> NodeID
  let address: (Int) -> Address
  /// The directory id on a controller's disk, as `kafka-metadata-quorum.sh add-controller` reads it. Nil where it does not run.
  let directory: (Int) -> Uuid?

  /// For an operator who does not change voters.
  package static var unknown: OperatedControllers { OperatedControllers(id: { _ in .none }, address: { _ in Address(host: "", port: 0) }, directory: { _ in nil }) }
}

/// The operator of the cluster: creates the topics of a trial, and carries out its schedule's requests.
package final class OperatorApplication: Node {
  private let reactor: Reactor
  private let admin: Admin
  private let controllers: OperatedControllers
  /// How long an operator waits for a controller that does not run: as long as for an answer.
  private let patience: Duration
  private(set) var hasCreatedAll = false
  /// The unanswered requests, in the order in which they were made.
  private var open = OrderedDictionary<Int, OperatorRequest>()
  private var asked = 0
  /// What was answered, for a look at the end.
  private(set) var changes = AcknowledgedChanges()
  /// Hears of offsets of a group that were set, or may have been: unknown where nobody can say to what. Nil speaks of all that the group has.
  package var onOffsetsSet: ((_ group: String, _ offsets: [(partition: TopicPartition, offset: Offset)]?) -> Void)?

  package init(host: any NodeHost, configuration: AdminConfiguration, controllers: OperatedControllers = .unknown) {
    self.controllers = controllers
    patience = configuration.defaultAPITimeout
    reactor = Reactor(host: host)
    admin = Admin(reactor: reactor, configuration: configuration)
  }

  deinit { reactor.end() }

  package func start() {}

  package func handle(_ event: Event) { reactor.dispatch(event) }

  package func shutdown() { reactor.host.exit() }

  package var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  /// Creates the topics, with retries until all exist: brokers that are not registered yet cannot hold replicas.
  func create(_ topics: [TopicToCreate]) {
    admin.createTopics(topics.map(NewTopic.init)) { [unowned self] results in
      let missing = results.filter { _, result in
        switch result {
        case .success, .failure(.refused(.topicAlreadyExists, _)): false
        case .failure: true
        }
      }
      guard !missing.isEmpty else { return hasCreatedAll = true }
      reactor.after(.milliseconds(200)) { [unowned self] in create(topics.filter { topic in missing.contains { $0.key == topic.name } }) }
    }
  }

  /// Requests elections until each partition's first replica leads it.
  func electPreferredLeaders(of partitions: [TopicPartition]) {
    guard !partitions.isEmpty else { return }
    admin.electLeaders(.preferred, of: partitions) { [unowned self] results in
      let failed = partitions.filter { partition in
        guard case .success(let results) = results else { return true }
        switch results.first(where: { $0.key == partition })?.result {
        case .success?, .failure(.refused(.electionNotNeeded, _))?: return false
        case .failure?, nil: return true
        }
      }
      if !failed.isEmpty { reactor.after(.milliseconds(200)) { [unowned self] in electPreferredLeaders(of: failed) } }
    }
  }

  /// Sends a request to the cluster, once. The story reports a refusal.
  /// - Parameters:
  ///   - onRefused: called with the reason if the cluster refuses, or was not reached.
  ///   - onDone: called when the cluster has done it, or may have and does not say so in time; never if it refuses.
  func carryOut(_ action: OperatorRequest, onRefused: @escaping (String) -> Void = { _ in }, onDone: @escaping () -> Void) {
    asked += 1
    changes.recordAsked(action)
    let order = Order(number: asked, action: action, onRefused: onRefused, onDone: onDone)
    open[order.number] = action
    switch action {
    case .electLeader(let partition, let unclean):
      admin.electLeaders(unclean ? .unclean : .preferred, of: [partition]) { [unowned self] result in
        switch result {
        case .success(let results): end(order, results)
        case .failure(let error): end(order, [(key: partition, result: Result<Void, AdminError>.failure(error))])
        }
      }
    case .reassign(let partition, let replicas):
      admin.alterPartitionReassignments([(partition, replicas)]) { [unowned self] in end(order, $0) }
    case .alterTopicConfig(let topic, let config):
      let changes = config.map { ConfigChange($0.name, .set, $0.value) }
      admin.incrementalAlterConfigs(of: .topic(topic), changes) { [unowned self] in end(order, [(key: topic, result: $0)]) }
    case .createPartitions(let topic, let total):
      admin.createPartitions([(topic, total, nil)]) { [unowned self] in end(order, $0) }
    case .deleteRecords(let partition, let before):
      admin.deleteRecords([(partition, before)]) { [unowned self] in end(order, $0) }
    case .deleteTopic(let topic):
      admin.deleteTopics([topic]) { [unowned self] in end(order, $0) }
    case .createTopic(let topic, let partitions, let factor):
      admin.createTopics([NewTopic(topic, partitions: partitions, replicationFactor: factor)]) { [unowned self] in end(order, $0) }
    case .resetOffsets(let group, let partitions, let target):
      resetOffsets(of: group, in: partitions, to: target) { [unowned self] in end(order, $0) }
    case .deleteGroup(let group):
      admin.deleteGroups([group]) { [unowned self] results in
        if results.contains(where: { $0.result.mayHaveHappened }) { onOffsetsSet?(group, nil) }
        end(order, results)
      }
    case .abortTransaction(let partition): abortTransactions(in: partition) { [unowned self] in end(order, $0) }
    case .addVoter(let number, let asked):
      addVoter(number, at: asked, until: reactor.now + patience) { [unowned self] in end(order, [(key: number, result: $0)]) }
    case .removeVoter(let number, let asked):
      findVoter(number, at: asked) { [unowned self] found in
        switch found {
        case .success(let directory?):
          admin.removeRaftVoter(controllers.id(number), directory: directory, at: asked.map(controllers.address)) { [unowned self] in
            end(order, [(key: number, result: $0.isDone(if: .voterNotFound))])
          }
        case .success(nil): end(order, [(key: number, result: Result<Void, AdminError>.success(()))])
        case .failure(let error): end(order, [(key: number, result: Result<Void, AdminError>.failure(error))])
        }
      }
    case .updateFeatures(let updates):
      admin.updateFeatures(updates) { [unowned self] in end(order, [(key: updates.map(\.feature), result: $0)]) }
    }
  }

  /// Asks for it once the controller runs and its directory id can be read, as an operator would who finds it down.
  private func addVoter(_ number: Int, at asked: Int?, until deadline: Instant, _ completion: @escaping (Result<Void, AdminError>) -> Void) {
    guard let directory = controllers.directory(number) else {
      guard reactor.now < deadline else { return completion(.failure(.timedOut(wasSent: false))) }
      reactor.after(.milliseconds(200)) { [unowned self] in addVoter(number, at: asked, until: deadline, completion) }
      return
    }
    let listeners = [(name: VoterListener.defaultName, address: controllers.address(number))]
    admin.addRaftVoter(controllers.id(number), directory: directory, listeners: listeners, at: asked.map(controllers.address)) { completion($0.isDone(if: .duplicateVoter)) }
  }

  /// Asks the leader under which directory the voters know a controller: that of a replaced disk is another one. Nil where it is no voter.
  private func findVoter(_ number: Int, at asked: Int?, _ completion: @escaping (Result<Uuid?, AdminError>) -> Void) {
    let id = controllers.id(number)
    admin.describeQuorum(at: asked.map(controllers.address)) { result in
      completion(result.map { quorum in quorum.voters.first { $0.id == id }?.directoryID })
    }
  }

  /// Asks the leader which producers have open transactions in a partition, and aborts these, as `kafka-transactions.sh abort` does with one. No open transaction counts as
  /// a refusal.
  private func abortTransactions(in partition: TopicPartition, _ completion: @escaping (Admin.PartitionResults<Void>) -> Void) {
    admin.describeProducers(of: [partition]) { [unowned self] answers in
      let open: [DescribeProducersResponse.ProducerState]
      switch answers.first?.result {
      case .success(let producers)?: open = producers.filter { $0.currentTxnStartOffset >= 0 }
      case .failure(let error)?: return completion([(partition, .failure(error))])
      case nil: return completion([(partition, .failure(.missingInResponse))])
      }
      guard !open.isEmpty else { return completion([]) }
      var results: Admin.PartitionResults<Void> = []
      for producer in open {
        admin.abortTransaction(
          in: partition, producerID: producer.producerId, producerEpoch: Int16(clamping: producer.producerEpoch), coordinatorEpoch: producer.coordinatorEpoch
        ) { result in
          results.append((partition, result))
          if results.count == open.count { completion(results) }
        }
      }
    }
  }

  /// Sets the offsets, after looking up the ends of the logs if necessary. If one partition cannot be looked up, everything fails.
  private func resetOffsets(
    of group: String, in partitions: [TopicPartition], to target: OffsetTarget, _ completion: @escaping (Admin.PartitionResults<Void>) -> Void
  ) {
    let query: OffsetQuery
    switch target {
    case .offset(let offset): return setOffsets(of: group, partitions.map { ($0, offset) }, completion)
    case .earliest: query = .earliest
    case .latest: query = .latest
    }
    admin.listOffsets(partitions.map { ($0, query) }) { [unowned self] found in
      var offsets: [(partition: TopicPartition, offset: Offset)] = []
      for (partition, result) in found {
        switch result {
        case .success(let place?): offsets.append((partition, place.offset))
        case .success(nil): return completion([(partition, .failure(.missingInResponse))])
        case .failure(let error): return completion([(partition, .failure(error))])
        }
      }
      setOffsets(of: group, offsets, completion)
    }
  }

  private func setOffsets(
    of group: String, _ offsets: [(partition: TopicPartition, offset: Offset)], _ completion: @escaping (Admin.PartitionResults<Void>) -> Void
  ) {
    admin.alterGroupOffsets(group, offsets.map { ($0.partition, CommittedOffset($0.offset)) }) { [unowned self] results in
      let set: [(partition: TopicPartition, offset: Offset)] = offsets.compactMap { partition, offset in
        guard let result = results.first(where: { $0.key == partition })?.result, result.mayHaveHappened else { return nil }
        if case .success = result { return (partition, offset) } else { return (partition, .unknown) }
      }
      if !set.isEmpty { onOffsetsSet?(group, set) }
      completion(results)
    }
  }

  /// Whether a request under way changes the committed offsets of a group.
  func isChangingOffsets(of group: String) -> Bool {
    open.values.contains { order in
      switch order {
      case .resetOffsets(let changed, _, _), .deleteGroup(let changed): changed == group
      default: false
      }
    }
  }

  /// The unanswered requests, in words. They may have been executed.
  var unanswered: [String] { open.values.map(\.words) }

  private struct Order {
    let number: Int
    let action: OperatorRequest
    let onRefused: (String) -> Void
    /// It was carried out, or may have been.
    let onDone: () -> Void
  }

  /// The same within the next event, for callers outside of the node.
  package func carryOut(_ request: RealRequest, onRefused: @escaping (String) -> Void, onDone: @escaping () -> Void) {
    reactor.after(.zero) { [unowned self] in carryOut(request.request, onRefused: onRefused, onDone: onDone) }
  }

  private func end<Key, Value>(_ order: Order, _ results: [(key: Key, result: Result<Value, AdminError>)]) {
    open[order.number] = nil
    var isDone = !results.isEmpty, refusal = results.isEmpty ? "the answer does not speak of it" : nil
    for (_, result) in results {
      guard case .failure(let error) = result else { continue }
      isDone = false
      if !result.leavesOpen { refusal = refusal ?? "\(error)" }
      reactor.host.report(.warning("\(result.leavesOpen ? "does not know whether it came about" : "is refused"): \(order.action.words): \(error)"))
    }
    if isDone {
      changes.recordDone(order.action)
    } else if results.contains(where: { $0.result.leavesOpen }) {
      changes.recordUnknown(order.action)
    }
    changes.recordEnd(order.action)
    if let refusal { order.onRefused(refusal) } else { order.onDone() }
  }
}

extension Result where Failure == AdminError {
  /// Whether it may have been carried out although it was not acknowledged.
  fileprivate var leavesOpen: Bool {
    switch self {
    case .failure(.timedOut(wasSent: true)), .failure(.missingInResponse): true
    case .success, .failure: false
    }
  }
}

extension Result<Void, AdminError> {
  /// A change that was asked for twice, because the first answer did not come, is refused with an error that says that it is done.
  fileprivate func isDone(if error: ErrorCode) -> Self {
    if case .failure(.refused(error, _)) = self { .success(()) } else { self }
  }

  fileprivate var mayHaveHappened: Bool {
    switch self {
    case .success, .failure(.timedOut(wasSent: true)), .failure(.missingInResponse): true
    case .failure: false
    }
  }
}

extension NewTopic {
  init(_ topic: TopicToCreate) {
    let configs = OrderedDictionary(topic.config, uniquingKeysWith: { _, last in last })
    switch topic.assignment {
    case .automatic(let partitions, let factor):
      self.init(topic.name, partitions: Int32(partitions), replicationFactor: Int16(factor), configs: configs)
    case .manual(let replicas):
      self.init(topic.name, assignments: replicas, configs: configs)
    }
  }
}
