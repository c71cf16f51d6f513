import Host
import OrderedCollections
import Primitives
import Transport
import Wire

/// One round of questions to the replicas of partitions that nobody may lead otherwise.
final class LogSurvey {
  let partitions: [UnrecoveredPartition]
  /// How many brokers have not answered.
  var pending = 0
  private var ends: OrderedDictionary<TopicPartition, [(replica: NodeID, end: ReplicaLogEnd)]> = [:]

  init(_ partitions: [UnrecoveredPartition]) { self.partitions = partitions }

  /// The brokers to be asked, each once.
  var brokers: [NodeID] { OrderedSet(partitions.lazy.flatMap(\.replicas)).sorted() }

  func request(to broker: NodeID) -> ListOffsetsRequest {
    var topics: OrderedDictionary<String, ListOffsetsRequest.ListOffsetsTopic> = [:]
    for partition in partitions where partition.replicas.contains(broker) {
      var asked = ListOffsetsRequest.ListOffsetsPartition()
      asked.partitionIndex = partition.name.partition
      asked.timestamp = -1
      topics[partition.name.topic, default: ListOffsetsRequest.ListOffsetsTopic()].partitions.append(asked)
    }
    var request = ListOffsetsRequest()
    // Any replica answers a debugging consumer, and with the end of its log.
    request.replicaId = -2
    request.topics = topics.map { name, topic in
      var topic = topic
      topic.name = name
      return topic
    }
    return request
  }

  func note(_ response: ListOffsetsResponse, of broker: NodeID) {
    for topic in response.topics {
      for answer in topic.partitions where answer.errorCode == .none && answer.offset >= 0 {
        let end = ReplicaLogEnd(epoch: LeaderEpoch(answer.leaderEpoch), offset: Offset(answer.offset))
        ends[TopicPartition(topic.name, answer.partitionIndex), default: []].append((broker, end))
      }
    }
  }

  /// The replica with the longest log, the preferred one of several; nil while a replica has not told.
  func mostComplete(of partition: UnrecoveredPartition) -> NodeID? {
    let told = ends[partition.name] ?? []
    guard partition.replicas.allSatisfy({ replica in told.contains { $0.replica == replica } }), let longest = told.map(\.end).max() else { return nil }
    return partition.replicas.first { replica in told.contains { $0.replica == replica && $0.end == longest } }
  }
}

extension ControllerNode {
  /// Finds leaders by what the logs hold, where nothing else tells who should lead.
  func surveyLogs() {
    guard let state, survey == nil, surveyTimer == nil else { return }
    let partitions = state.unrecoveredPartitions()
    guard !partitions.isEmpty else { return }
    let survey = LogSurvey(partitions)
    self.survey = survey
    for broker in survey.brokers {
      guard let address = state.image.broker(broker)?.address else { continue }
      survey.pending += 1
      surveyor.send(survey.request(to: broker), to: address, timeout: Self.surveyTimeout) { [unowned self] result in
        guard self.survey === survey else { return }
        if case .success(let response) = result { survey.note(response, of: broker) }
        survey.pending -= 1
        if survey.pending == 0 { conclude(survey) }
      }
    }
    if survey.pending == 0 { self.survey = nil }
  }

  private func conclude(_ survey: LogSurvey) {
    self.survey = nil
    guard let state else { return }
    let records = survey.partitions.compactMap { partition in
      survey.mostComplete(of: partition).flatMap { state.elect($0, of: partition) }
    }
    if !records.isEmpty { commit(records) { _ in } }
    // Whoever did not answer, or has not heard of its replica yet, is asked again.
    surveyTimer = reactor.after(Self.surveyBackoff) { [unowned self] in
      surveyTimer = nil
      surveyLogs()
    }
  }

  func endSurvey() {
    survey = nil
    reactor.cancel(surveyTimer)
    surveyTimer = nil
  }

  private static let surveyTimeout = Duration.seconds(5)
  private static let surveyBackoff = Duration.milliseconds(500)
}
