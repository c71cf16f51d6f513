import Host
import Primitives
import Wire

extension ReplicaFetcher {
  /// Asks the leader where the last epochs of logs end (KIP-101). Returns whether there was anything to ask.
  func askForEpochEnds(at address: Address, _ now: Instant) -> Bool {
    let entries = ready(for: .truncating, now)
    guard !entries.isEmpty else { return false }
    var request = OffsetForLeaderEpochRequest()
    request.replicaId = manager.localID.value
    for entry in entries {
      var asked = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
      asked.partition = entry.partition.id.partition
      asked.currentLeaderEpoch = entry.leaderEpoch.value
      asked.leaderEpoch = (entry.partition.log?.latestEpoch ?? .unknown).value
      let name = entry.partition.topicPartition.topic
      let topic = request.topics.group(where: { $0.topic == name }, or: .init { $0.topic = name })
      request.topics[topic].partitions.append(asked)
    }
    let epochs = entries.map(\.leaderEpoch)
    send(request, to: address) { fetcher, response in
      guard let response else { return fetcher.delayAll() }
      let answers = Answers(response.topics.flatMap { topic in topic.partitions.map { (TopicPartition(topic.topic, $0.partition), $0) } })
      for (entry, epoch) in zip(entries, epochs) {
        if let answer = answers[entry.partition.topicPartition] {
          entry.received(answer, askedIn: epoch)
        } else {
          entry.delay(until: fetcher.backoffEnd)
        }
      }
    }
    return true
  }

  /// Asks for the bounds of the leader's logs after fetches from outside them. Returns whether there was anything to ask.
  func askForOffsets(at address: Address, _ now: Instant) -> Bool {
    let ends = ready(for: .seekingEnd, now)
    let entries = ends + ready(for: .seekingStart, now)
    guard !entries.isEmpty else { return false }
    var request = ListOffsetsRequest()
    request.replicaId = manager.localID.value
    for (index, entry) in entries.enumerated() {
      var asked = ListOffsetsRequest.ListOffsetsPartition()
      asked.partitionIndex = entry.partition.id.partition
      asked.currentLeaderEpoch = entry.leaderEpoch.value
      asked.timestamp = index < ends.count ? -1 : -2
      let name = entry.partition.topicPartition.topic
      let topic = request.topics.group(where: { $0.name == name }, or: .init { $0.name = name })
      request.topics[topic].partitions.append(asked)
    }
    let epochs = entries.map(\.leaderEpoch)
    send(request, to: address) { fetcher, response in
      guard let response else { return fetcher.delayAll() }
      let answers = Answers(response.topics.flatMap { topic in topic.partitions.map { (TopicPartition(topic.name, $0.partitionIndex), $0) } })
      for (entry, epoch) in zip(entries, epochs) {
        if let answer = answers[entry.partition.topicPartition] {
          entry.received(answer, askedIn: epoch)
        } else {
          entry.delay(until: fetcher.backoffEnd)
        }
      }
    }
    return true
  }
}

/// The results in a response, by partition.
private struct Answers<Answer> {
  private let answers: [TopicPartition: Answer]

  init(_ answers: [(TopicPartition, Answer)]) {
    self.answers = Dictionary(answers, uniquingKeysWith: { first, _ in first })
  }

  subscript(partition: TopicPartition) -> Answer? { answers[partition] }
}
