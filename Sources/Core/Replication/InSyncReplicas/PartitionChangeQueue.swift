import Host
import Primitives
import Transport
import Wire

/// A leader's proposal that is being sent to the controller.
struct ISRProposal {
  let partition: Partition
  /// The proposal's number within its partition.
  let proposal: UInt64
  let partitionEpoch: PartitionEpoch
}

/// Bundles the ISR proposals of all leaders on this broker: one request in flight, everything else in the next.
///
/// A proposal with an unknown outcome (no response, or an error that says nothing about it) is sent again until it is answered, or until the metadata
/// has overtaken it.
final class PartitionChangeQueue {
  /// This broker's registration, which proposals contain.
  var brokerEpoch = BrokerEpoch.unknown
  /// Called when a response has come, and may have moved partitions.
  var onAnswer: () -> Void = {}
  private(set) var isShutDown = false

  private let reactor: Reactor
  let localID: NodeID
  private unowned let channel: any PartitionChanges
  /// The proposals for the next request.
  var waiting: [ISRProposal] = []
  private var inFlight: [ISRProposal] = []
  private var isResting = false

  /// Kafka's delay before proposals are repeated.
  private static let retryBackoff = Duration.milliseconds(50)

  init(reactor: Reactor, localID: NodeID, channel: any PartitionChanges) {
    self.reactor = reactor
    self.localID = localID
    self.channel = channel
  }

  /// Whether a request is in flight, or will be sent after a pause.
  var isUnderWay: Bool { !inFlight.isEmpty || isResting }

  /// Stops proposing anything.
  func shutdown() { isShutDown = true }

  func submit(_ change: ISRProposal) {
    waiting.append(change)
    sendNext()
  }

  private func sendNext() {
    guard inFlight.isEmpty, !isResting, !isShutDown else { return }
    inFlight = waiting.filter { $0.partition.awaitsAnswer(to: $0) }
    waiting = []
    guard !inFlight.isEmpty else { return }
    channel.alterPartition(request(for: inFlight)) { [weak self] result in self?.answered(result) }
  }

  private func request(for changes: [ISRProposal]) -> AlterPartitionRequest {
    var request = AlterPartitionRequest()
    request.brokerId = localID.value
    request.brokerEpoch = brokerEpoch.value
    for change in changes {
      let topicID = change.partition.id.topic
      let topic = request.topics.lastGroup(where: { $0.topicId == topicID }, or: .init { $0.topicId = topicID })
      request.topics[topic].partitions.append(data(for: change))
    }
    return request
  }

  private func data(for change: ISRProposal) -> AlterPartitionRequest.PartitionData {
    let partition = change.partition
    var data = AlterPartitionRequest.PartitionData()
    data.partitionIndex = partition.id.partition
    data.leaderEpoch = partition.leaderEpoch.value
    data.partitionEpoch = change.partitionEpoch.value
    // This replica has nothing to recover after an unclean election, so any proposal also ends the recovery (KIP-704): the field stays RECOVERED.
    data.newIsrWithEpochs = partition.inSyncReplicas.proposed.map { id in
      var state = AlterPartitionRequest.BrokerState()
      state.brokerId = id.value
      state.brokerEpoch = brokerEpoch(of: id, in: partition).value
      return state
    }
    return data
  }

  /// KIP-903: the controller refuses a replica that has started another life since it fetched. If it has not fetched in this leader's epoch, its
  /// broker epoch is unknown.
  private func brokerEpoch(of id: NodeID, in partition: Partition) -> BrokerEpoch {
    id == localID ? brokerEpoch : partition.follower(id)?.brokerEpoch ?? .unknown
  }

  private func answered(_ result: Result<AlterPartitionResponse, RequestFailure>) {
    let changes = inFlight
    inFlight = []
    var unanswered = changes
    if case .success(let response) = result, response.errorCode == .none {
      unanswered = changes.filter { change in
        guard let data = response.partition(change.partition.id) else { return true }
        return !isSettled(change, by: data)
      }
    }
    waiting = unanswered + waiting
    if unanswered.isEmpty { sendNext() } else { rest() }
    mustHold(
      waiting.count >= unanswered.count && (waiting.isEmpty || isUnderWay || isShutDown),
      "broker \(localID): \(unanswered.count) ISR proposals have no answer, \(waiting.count) wait, and \(isUnderWay ? "one is" : "none is") under way")
    onAnswer()
  }

  private func isSettled(_ change: ISRProposal, by data: AlterPartitionResponse.PartitionData) -> Bool {
    guard change.partition.awaitsAnswer(to: change) else {
      mark(.isrAnswerTooLate)
      return true
    }
    guard data.errorCode != .none else {
      change.partition.proposalAnswered(data)
      return true
    }
    return change.partition.proposalRefused(data.errorCode) != .retry
  }

  private func rest() {
    mark(.isrProposalRepeated)
    isResting = true
    reactor.after(Self.retryBackoff) { [unowned self] in
      isResting = false
      sendNext()
    }
  }
}

extension AlterPartitionResponse {
  fileprivate func partition(_ id: TopicIDPartition) -> PartitionData? {
    for topic in topics where topic.topicId == id.topic {
      for partition in topic.partitions where partition.partitionIndex == id.partition { return partition }
    }
    return nil
  }
}
