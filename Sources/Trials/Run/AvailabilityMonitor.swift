import Broker
import Measurement
import Primitives
import Replication
import Results
import Sim
import Workloads

/// `availability`: nobody waits for long for an acknowledgement, or for records that are committed, while the partition can serve him.
///
/// A partition can serve a client when its leader runs, knows that it leads, has at least `min.insync.replicas` in its ISR, and the client and all of
/// this ISR run and are connected with it: no fault of the network, no rule on messages, no fault of the leader's disk. Looked at every quarter of a
/// second; whenever the partition cannot serve, the wait begins anew. So the bound has to cover what follows faults as well: a request that was sent to
/// whoever lost his power is waited for until its timeout, and an ISR member that came back without fetching until its lag time is over.
final class AvailabilityMonitor {
  private struct Watch {
    let partition: TopicPartition
    let senders: [NodeIndex]
    let readers: [NodeIndex]
  }

  let bound: Duration
  private unowned let trial: Trial
  private let watches: [Watch]
  /// For acknowledgements, and for records.
  private var sending = Waits()
  private var reading = Waits()

  init(of trial: Trial) {
    self.trial = trial
    bound = trial.scenario.availabilityBound
    let clients = trial.nodes.clients
    watches = trial.scenario.topics.flatMap { topic in
      (0..<Int32(topic.partitionCount)).map { number in
        let partition = TopicPartition(topic.name, number)
        let plans = zip(trial.scenario.workload, clients).filter { $0.0.topics.contains(topic.name) }
        return Watch(
          partition: partition, senders: plans.filter(\.0.sends).flatMap(\.1.nodes),
          readers: plans.filter(\.0.reads).flatMap(\.1.nodes).filter { trial.reads(partition, $0) })
      }
    }
  }

  /// Looks who waits now.
  func look() {
    let now = trial.world.now, recorder = trial.recorder
    for (index, watch) in watches.enumerated() {
      let waits = whoWaits(watch)
      // A topic that does not exist has no number.
      let number = waits.sends || waits.reads ? recorder.number(of: watch.partition, topicID: trial.observer.view.cluster.topicID(of: watch.partition)) : nil
      sending.note(index, isWaiting: waits.sends, lastAnswer: number.flatMap(recorder.lastAcknowledgement), at: now)
      reading.note(index, isWaiting: waits.reads, lastAnswer: number.flatMap(recorder.lastDelivery), at: now)
    }
  }

  /// Whether somebody waits to send, and somebody to read, who could be served.
  private func whoWaits(_ watch: Watch) -> (sends: Bool, reads: Bool) {
    let world = trial.world
    let senders = watch.senders.filter { (world.object(of: $0) as? any ClientApplication)?.isWaiting(for: watch.partition) == true }
    let readers = watch.readers.filter { (world.object(of: $0) as? any ClientApplication)?.isWithinScenario == true }
    guard !senders.isEmpty || !readers.isEmpty, let (node, leader) = servingLeader(of: watch.partition) else { return (false, false) }
    let reads = readers.contains { reader in
      (world.object(of: reader) as? any ClientApplication)?.lag(of: watch.partition, leader) != nil && world.areConnected(reader, node)
    }
    return (senders.contains { world.areConnected($0, node) }, reads)
  }

  private func servingLeader(of name: TopicPartition) -> (NodeIndex, Partition)? {
    let view = trial.observer.view.cluster[name]
    guard let node = trial.nodes.broker(view.leader), let leader = trial.partition(name, at: view.leader), leader.isLeader,
      leader.leaderEpoch == view.epoch, leader.isr.count >= Commits.minimumCopies(of: leader), !trial.world.hasDiskFault(node)
    else { return nil }
    let isComplete = leader.isr.allSatisfy { member in trial.nodes.broker(member).map { trial.world.areConnected($0, node) } ?? false }
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
        "\(watch.partition): nothing was \(found.1) for \(seconds(wait.length)) from \(seconds(wait.since - trial.origin)) on, though somebody waited and "
          + "a leader with enough replicas was within reach; the bound is \(seconds(bound))")
    }
    return findings.verdict(on: .availability)
  }

  /// Whether a partition gave an answer to anybody: where nobody was seen to wait for one, all came at once.
  private func wasServed(_ partition: TopicPartition) -> Bool {
    let number = trial.recorder.number(of: partition, topicID: trial.observer.view.cluster.topicID(of: partition))
    return trial.recorder.lastAcknowledgement(of: number) != nil || trial.recorder.lastDelivery(of: number) != nil
  }

  var summary: Availability { Availability(bound: bound, withoutAcknowledgement: gap(sending), withoutDelivery: gap(reading)) }

  private func gap(_ waits: Waits) -> Availability.Gap? {
    waits.longestOfAll.map { partition, wait in
      Availability.Gap(partition: watches[partition].partition.description, from: wait.since - trial.origin, length: wait.length)
    }
  }

  private func seconds(_ duration: Duration) -> String { "\(fixed(duration.seconds, places: 2)) s" }
}

extension Trial {
  fileprivate func reads(_ partition: TopicPartition, _ node: NodeIndex) -> Bool {
    assignedPartitions[node]?.contains(partition) ?? false
  }
}

extension ClientApplication {
  var isWithinScenario: Bool { isStarted && !isStopped }

  /// How far this process lags behind a leader; nil where it does not.
  func lag(of name: TopicPartition, _ leader: Partition) -> String? {
    let position = position(of: name)
    guard position.map({ $0 < leader.highWatermark }) ?? (leader.highWatermark > leader.logStartOffset) else { return nil }
    return "\(name) at \(position.map(\.description) ?? "no offset") of \(leader.highWatermark)"
  }
}
