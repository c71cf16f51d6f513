import Broker
import Host
import Measurement
import Primitives
import Replication
import Sim
import Wire
import Workloads

// Requests that are not answered: where they are, and what they wait for there.

extension WaitChain {
  /// Why a client gets no further: its process does not work, or a request of it is not answered; nil where neither is known.
  ///
  /// - Parameter apis: the requests that matter; nil for all. Of several the oldest counts.
  func client(_ node: NodeIndex, _ apis: [ApiKey]? = nil) -> String? {
    stop(of: node) ?? requests(of: node).filter { request in apis?.contains { $0.rawValue == request.apiKey } ?? true }.first.flatMap { self.request($0, of: node) }
  }

  /// Why a client does not get rid of what it has to send: it waits for an answer, a partition has no leader, or a transaction of it does not end.
  func sender(_ node: NodeIndex, _ application: any ClientApplication) -> String? {
    if let cause = client(node) { return cause }
    let partitions = cluster.scenario.topics.flatMap { cluster.observer.view.cluster.partitions(of: $0.name) }
    if let first = partitions.first(where: application.isWaiting), let cause = leader(of: first) { return "\(first) has no leader that knows it: \(cause)" }
    return nodes.transactionalIDs(of: node).lazy.compactMap(transaction).first
  }

  /// Why a client gets no further in a partition that it reads.
  func reader(_ node: NodeIndex, of partition: TopicPartition) -> String? {
    guard world.status(of: node) == .running, let fetch = fetch(by: node, at: nodes.broker(cluster.observer.view.cluster.leader(of: partition))) else {
      return client(node) ?? leader(of: partition)
    }
    return request(fetch, of: node)
  }

  /// The requests of a node that are not answered, the oldest first.
  private func requests(of node: NodeIndex) -> [RequestUnderWay] {
    (world.object(of: node)?.requestsUnderWay ?? []).enumerated().sorted { ($0.element.since, $0.offset) < ($1.element.since, $1.offset) }.map(\.element)
  }

  /// The fetch with which a follower asks its leader for more.
  func fetch(of follower: NodeIndex, from leader: NodeIndex) -> String? {
    fetch(by: follower, at: leader).map { request($0, of: follower) } ?? "\(name(follower)) has no fetch under way"
  }

  private func fetch(by node: NodeIndex, at leader: NodeIndex?) -> RequestUnderWay? {
    requests(of: node).first { $0.apiKey == ApiKey.fetch.rawValue && world.node(at: $0.address) == leader }
  }

  /// Who waits since when for whom to answer what, and why that does not come.
  func request(_ request: RequestUnderWay, of sender: NodeIndex) -> String? {
    following("request \(request.correlationID) from \(sender.value) to \(request.address) as \(request.clientID)") { chain in
      let receiver = world.node(at: request.address)
      let subject = "\(name(sender)) waits since \(time(request.since)) for \(receiver.map(name) ?? "\(request.address)") to answer \(ApiKey(rawValue: request.apiKey).name)"
      return join(subject, receiver.flatMap { chain.fate(of: request, from: sender, to: $0) })
    }
  }

  private func fate(of request: RequestUnderWay, from sender: NodeIndex, to receiver: NodeIndex) -> String? {
    switch world.place(of: request) {
    case .atSender: return join("there is no connection", stop(of: receiver) ?? separation(sender, receiver))
    case .onItsWay(let obstacle?): return "it does not arrive (\(words(obstacle)))"
    case .onItsWay(nil): return join("it has not arrived", stop(of: receiver) ?? separation(sender, receiver))
    case .unread: return join("\(name(receiver)) has not read it", stop(of: receiver))
    case .answered(let obstacle?): return "the answer does not arrive (\(words(obstacle)))"
    case .answered(nil): return "the answer is on its way"
    case .lost: return join("\(name(receiver)) has it not, and no answer is under way", stop(of: receiver) ?? separation(sender, receiver))
    case .arrived(let connection):
      guard let wait = world.broker(at: receiver)?.wait(ofRequest: request.correlationID, on: connection) else { return fateAtController(receiver) }
      return words(of: wait, at: receiver, request, from: sender)
    }
  }

  private func stop(of node: NodeIndex) -> String? {
    switch world.status(of: node) {
    case .down: "\(name(node)) does not run"
    case .paused: "\(name(node)) is paused"
    case .running: nil
    }
  }

  /// A controller answers what its quorum has committed.
  private func fateAtController(_ node: NodeIndex) -> String? {
    guard let controller = world.controller(at: node) else { return "\(name(node)) has it not, and never answered" }
    return withoutActiveController ?? (controller.isActive ? join("\(name(node)) has not committed it", majority(of: node)) : "\(name(node)) is not active")
  }

  /// Why nothing is committed that the active controller decides.
  private func majority(of active: NodeIndex) -> String? {
    let missing = nodes.controllers.filter { $0 != active }.compactMap { voter($0, behind: active) }
    return missing.isEmpty ? nil : missing.joined(separator: ", ")
  }

  private func words(of wait: RequestWait, at node: NodeIndex, _ request: RequestUnderWay, from sender: NodeIndex) -> String? {
    switch wait {
    case .request(let api):
      let former = requests(of: sender).first { $0.connection == request.connection && $0.correlationID < request.correlationID }
      return join("\(name(node)) reads it when it has answered \(api.name)", former.flatMap { self.request($0, of: sender) })
    case .append(let append): return words(of: append, at: node)
    case .fetch(let fetch):
      let unread = fetch.unread.map { "\($0.partition) has some at offset \($0.offsets.lowerBound), and nothing wakes it" }
      return join("it waits for records in the purgatory of \(name(node))\(end(fetch.deadline))", unread)
    case .deletion(let leader, let offset):
      return join("it waits until no live replica of \(leader.topicPartition) has records below offset \(offset)", highWatermark(of: leader))
    case .group(let id): return group(id)
    case .commit(let partition): return commit(of: partition)
    case .controller(let api):
      return join("it waits for the controller to answer \(api.name)", withoutActiveController ?? ownRequest(api, of: node))
    case .verification(let id):
      return join("it waits for the coordinator of transactional id \(id) to take its partitions", transaction(id) ?? ownRequest(.addPartitionsToTxn, of: node))
    case .nothing: return "\(name(node)) has it, and nothing is known that it waits for"
    }
  }

  /// What a broker asks another node because of a request that it has.
  private func ownRequest(_ api: ApiKey, of node: NodeIndex) -> String? {
    requests(of: node).first { $0.apiKey == api.rawValue }.flatMap { request($0, of: node) }
  }

  private func words(of append: WaitingAppend, at node: NodeIndex) -> String? {
    let missing = append.partitions.first { wait in
      let reached = wait.isForSync ? wait.partition.log?.durableEndOffset : wait.partition.highWatermark
      return reached.map { $0 < wait.requiredOffset } ?? true
    }
    guard let wait = missing ?? append.partitions.first else { return nil }
    let partition = wait.partition
    if wait.isForSync { return join("it waits until \(name(node)) has synced \(partition.topicPartition) up to offset \(wait.requiredOffset)", diskFault(of: node)) }
    let goal = "for the high watermark of \(partition.topicPartition), which is \(partition.highWatermark), to reach \(wait.requiredOffset)"
    return join("it waits in the purgatory of \(name(node)) \(goal)\(end(append.deadline))", missing == nil ? "nothing wakes it" : highWatermark(of: partition))
  }

  /// How long something waits at most.
  func end(_ deadline: Instant?) -> String {
    guard let deadline else { return ", and no timer ends that" }
    return deadline < world.now ? ", and the timer that was to end that at \(time(deadline)) has not run" : ", until \(time(deadline)) at the latest"
  }
}
