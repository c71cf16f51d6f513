import Broker
import Measurement
import Primitives
import Replication
import Results
import Sim
import Workloads

/// `availability`: no client waits long for an acknowledgement, or for committed records, while the partition can serve it.
///
/// A partition can serve a client if its leader runs, knows that it leads, has at least `min.insync.replicas` in its ISR, and the client and all of
/// this ISR run and are connected with it: no network fault, no rule on messages, no fault of the leader's disk. This is checked every quarter of a
/// second; whenever the partition cannot serve, the wait restarts. So the bound has to cover the aftermath of faults as well: a client waits for a broker
/// that lost power until its request times out, and for an ISR member that came back without fetching until its lag time is over.
final class AvailabilityMonitor {
  private struct Watch {
    let partition: TopicPartition
    /// Indexes of clients that may send to the partition, and of those that may read it.
    let senders: [Int]
    let readers: [Int]
  }

  private struct Client {
    let node: NodeIndex
    let plan: WorkloadPlan
    let partitions: Set<TopicPartition>
  }

  private let bound: Duration
  private let cluster: TrialCluster
  private let origin: Instant
  private let clients: [NodeIndex]
  private let chain: WaitChain
  private let watches: [Watch]
  /// The waits for acknowledgements, and for records.
  private var sending = Waits()
  private var reading = Waits()
  /// By partition: what a wait was for when it passed the bound.
  private var causes: [String?]
  private var outages: Outages
  private var told: [Availability.Outage] = []

  /// - Parameters:
  ///   - nodes: with those of each workload entry, in the order of `processes`.
  init(_ ready: ReadyCluster, _ nodes: NodeTable, _ processes: [[ClientProcess]]) {
    cluster = ready.cluster
    chain = WaitChain(cluster: ready.cluster, nodes: nodes)
    origin = ready.origin
    bound = cluster.scenario.availabilityBound
    let clients = zip(nodes.clients.flatMap(\.nodes), processes.flatMap(\.self)).map { Client(node: $0, plan: $1.plan, partitions: Set($1.partitions)) }
    self.clients = clients.map(\.node)
    watches = cluster.scenario.topics.flatMap { topic in
      let ofTopic = clients.indices.filter { clients[$0].plan.topics.contains(topic.name) }
      let senders = clients.indices.filter { clients[$0].plan.outputs.contains(topic.name) }
      return (0..<Int32(topic.partitionCount)).map { number in
        let partition = TopicPartition(topic.name, number)
        return Watch(partition: partition, senders: senders, readers: ofTopic.filter { clients[$0].partitions.contains(partition) })
      }
    }
    outages = Outages(partitions: watches.count)
    causes = Array(repeating: nil, count: watches.count)
  }

  /// Checks which clients wait now.
  func look() {
    let now = cluster.world.now, recorder = cluster.recorder
    let applications = clients.map(cluster.application)
    for (index, watch) in watches.enumerated() {
      let senders = watch.senders.filter { applications[$0]?.isWaiting(for: watch.partition) == true }
      let waits = whoWaits(watch, senders, applications)
      // A topic that does not exist has no number.
      let number = waits.sends || waits.reads ? recorder.number(of: watch.partition, topicID: cluster.observer.view.cluster.topicID(of: watch.partition)) : nil
      sending.update(index, isWaiting: waits.sends, lastAnswer: number.flatMap(recorder.lastAcknowledgement), at: now)
      reading.update(index, isWaiting: waits.reads, lastAnswer: number.flatMap(recorder.lastDelivery), at: now)
      noteCause(index, watch, senders, at: now)
      lookForOutage(index, watch, isWaiting: !senders.isEmpty, at: now)
    }
  }

  /// Notes what a wait is for when it passes the bound: at the end of the trial it will be over.
  private func noteCause(_ index: Int, _ watch: Watch, _ senders: [Int], at now: Instant) {
    func isOverdue(_ waits: Waits) -> Bool { waits.longest(of: index).map { $0.length > bound && $0.since + $0.length == now } ?? false }
    guard causes[index] == nil, isOverdue(sending) || isOverdue(reading) else { return }
    causes[index] = (isOverdue(sending) ? senders : watch.readers).lazy.compactMap { [clients, chain] in chain.client(clients[$0]) }.first
  }

  private func lookForOutage(_ index: Int, _ watch: Watch, isWaiting: Bool, at now: Instant) {
    guard isWaiting || outages.isOpen(index) else { return }
    let number = cluster.recorder.number(of: watch.partition, topicID: cluster.observer.view.cluster.topicID(of: watch.partition))
    let over = outages.update(index, isWaiting: isWaiting, lastAnswer: cluster.recorder.lastAcknowledgement(of: number), at: now) { obstacle(to: watch) }
    guard let over else { return }
    let outage = Availability.Outage(
      partition: watch.partition.description, from: over.from - origin, length: over.to - over.from, reason: over.obstacle + end(of: over, watch.partition))
    told.append(outage)
    if outage.length > bound { cluster.observer.see(.longOutage) }
    cluster.observer.tell("trial", outage.text, .event)
  }

  /// What keeps clients from writing to a partition now.
  private func obstacle(to watch: Watch) -> String {
    let view = cluster.observer.view.cluster[watch.partition]
    guard view.leader != .none, let node = cluster.nodes.broker(view.leader) else { return "it had no leader" }
    let name = "broker \(view.leader), its leader,"
    switch cluster.world.status(of: node) {
    case .down: return "\(name) was down"
    case .paused: return "\(name) was paused"
    case .running: break
    }
    if cluster.world.hasDiskFault(node) { return "the disk of \(name) failed" }
    guard watch.senders.contains(where: { cluster.world.areConnected(clients[$0], node) }) else { return "\(name) was out of reach" }
    guard let leader = cluster.partition(watch.partition, at: view.leader) else { return "\(name) had not opened its log" }
    let minimum = Commits.minimumCopies(of: leader)
    guard leader.isr.count >= minimum else {
      return "its ISR was [\(leader.isr.map(\.description).joined(separator: ", "))], and min.insync.replicas is \(minimum)"
    }
    return "\(name) gave no answer"
  }

  /// Which leader was elected meanwhile, and whether the waiting client reached it only later.
  private func end(of outage: Outages.Outage, _ partition: TopicPartition) -> String {
    let elections = cluster.observer.elections(of: partition, from: outage.from, to: outage.to)
    guard let last = elections.last else { return "" }
    func seconds(_ instant: Instant) -> String { fixed((instant - origin).seconds, places: 3) }
    let leaders = elections.map { "broker \($0.leader) at \(seconds($0.time))" }.joined(separator: ", then ")
    let isLate = outage.to - last.time >= .seconds(1)
    return "; elected next: \(leaders)" + (isLate ? ", which no client reached before \(seconds(outage.to))" : "")
  }

  /// Whether a client waits to send, or to read, that could be served.
  ///
  /// - Parameter senders: the clients that wait to send.
  private func whoWaits(_ watch: Watch, _ senders: [Int], _ applications: [(any ClientApplication)?]) -> (sends: Bool, reads: Bool) {
    let world = cluster.world
    let readers = watch.readers.filter { applications[$0]?.isWithinScenario == true }
    guard !senders.isEmpty || !readers.isEmpty, let (node, leader) = servingLeader(of: watch.partition) else { return (false, false) }
    let reads = readers.contains { applications[$0]?.lag(of: watch.partition, leader) != nil && world.areConnected(clients[$0], node) }
    return (senders.contains { world.areConnected(clients[$0], node) }, reads)
  }

  private func servingLeader(of name: TopicPartition) -> (NodeIndex, Partition)? {
    let view = cluster.observer.view.cluster[name]
    guard let node = cluster.nodes.broker(view.leader), let leader = cluster.partition(name, at: view.leader), leader.isLeader,
      leader.leaderEpoch == view.epoch, leader.isr.count >= Commits.minimumCopies(of: leader), !cluster.world.hasDiskFault(node)
    else { return nil }
    let isComplete = leader.isr.allSatisfy { member in cluster.nodes.broker(member).map { cluster.world.areConnected($0, node) } ?? false }
    return isComplete ? (node, leader) : nil
  }

  var verdict: Verdict {
    var findings = Findings()
    for (index, watch) in watches.enumerated() {
      let longest = (sending: sending.longest(of: index), reading: reading.longest(of: index))
      guard longest.sending != nil || longest.reading != nil || wasServed(watch.partition) else { continue }
      findings.examined += 1
      let waits = [(longest.sending, "acknowledged"), (longest.reading, "delivered")]
      guard let found = waits.first(where: { $0.0?.length ?? .zero > bound }), let wait = found.0 else { continue }
      findings.add(
        "\(watch.partition): nothing was \(found.1) for \(seconds(wait.length)) from \(seconds(wait.since - origin)) on, although a client waited and "
          + "a leader with enough replicas was within reach; the bound is \(seconds(bound))\(causes[index].map { ": \($0)" } ?? "")")
    }
    return findings.verdict(on: .availability)
  }

  /// Whether a partition has served any client: if no client was seen to wait, every response came in time.
  private func wasServed(_ partition: TopicPartition) -> Bool {
    let recorder = cluster.recorder, number = recorder.number(of: partition, topicID: cluster.observer.view.cluster.topicID(of: partition))
    return recorder.lastAcknowledgement(of: number) != nil || recorder.lastDelivery(of: number) != nil
  }

  var summary: Availability { Availability(bound: bound, withoutAcknowledgement: gap(sending), withoutDelivery: gap(reading), outages: told) }

  private func gap(_ waits: Waits) -> Availability.Gap? {
    waits.longestOfAll.map { partition, wait in
      Availability.Gap(partition: watches[partition].partition.description, from: wait.since - origin, length: wait.length)
    }
  }

  private func seconds(_ duration: Duration) -> String { "\(fixed(duration.seconds, places: 2)) s" }
}

extension ClientApplication {
  fileprivate var isWithinScenario: Bool { isStarted && !isStopped }
}
