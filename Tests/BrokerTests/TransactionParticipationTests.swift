import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

/// Brokers at which producers' transactions write: markers, offsets of groups, and who asks the coordinator first.
@Suite struct TransactionParticipationTests {
  private func transactional(_ value: String, sequence: Int32 = 0, producer: Int64 = 7) -> Bytes {
    batch([value]) {
      $0.isTransactional = true
      ($0.producerID, $0.producerEpoch, $0.baseSequence) = (producer, 0, sequence)
    }
  }

  private func markers(_ isCommit: Bool, epoch: Int16 = 0, coordinatorEpoch: Int32 = 1, _ partitions: [(String, Int32)], version: Int8 = 0) -> WriteTxnMarkersRequest {
    var marker = WriteTxnMarkersRequest.WritableTxnMarker()
    (marker.producerId, marker.producerEpoch, marker.transactionResult, marker.coordinatorEpoch) = (7, epoch, isCommit, coordinatorEpoch)
    marker.transactionVersion = version
    marker.topics = partitions.map { name, partition in
      var topic = WriteTxnMarkersRequest.WritableTxnMarkerTopic()
      (topic.name, topic.partitionIndexes) = (name, [partition])
      return topic
    }
    var request = WriteTxnMarkersRequest()
    request.markers = [marker]
    return request
  }

  private func errors(_ response: WriteTxnMarkersResponse) -> [ErrorCode] {
    response.markers.flatMap { $0.topics.flatMap { $0.partitions.map(\.errorCode) } }
  }

  private func offsets(of group: String, _ offset: Int64, topic name: String = "t") -> TxnOffsetCommitRequest {
    var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition(), topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
    partition.committedOffset = offset
    (topic.name, topic.partitions) = (name, [partition])
    var request = TxnOffsetCommitRequest()
    (request.transactionalId, request.groupId, request.producerId, request.topics) = ("x", group, 7, [topic])
    return request
  }

  private func committed(_ cluster: TestCluster, _ node: NodeIndex, isStable: Bool) throws -> (offset: Int64, error: ErrorCode) {
    var topic = OffsetFetchRequest.OffsetFetchRequestTopics(), group = OffsetFetchRequest.OffsetFetchRequestGroup()
    (topic.name, topic.partitionIndexes) = ("t", [0])
    (group.groupId, group.topics) = ("g", [topic])
    var request = OffsetFetchRequest()
    (request.groups, request.requireStable) = ([group], isStable)
    let answer = try cluster.ask(node, request, version: 9).groups[0].topics[0].partitions[0]
    return (answer.committedOffset, answer.errorCode)
  }

  private static let unverified = [("transaction.partition.verification.enable", "false"), ("offsets.topic.replication.factor", "1")]

  private func cluster(_ settings: [(String, String)] = unverified) throws -> (TestCluster, Uuid) {
    let cluster = try TestCluster(brokers: 1, settings: settings)
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    return (cluster, try cluster.topicID("t"))
  }

  // MARK: Markers

  @Test func `A marker ends a transaction on a partition, and read_committed readers see how`() throws {
    let (cluster, id) = try cluster()
    var request = produce("t", id, transactional("dirty"))
    request.transactionalId = "x"
    #expect(try cluster.ask(cluster.node(1), request, version: 11).only.errorCode == .none)
    func reader() -> FetchRequest {
      var request = fetch("t", id)
      request.isolationLevel = 1
      return request
    }
    #expect(try cluster.ask(cluster.node(1), reader()).only.lastStableOffset == 0)
    let response = try cluster.ask(cluster.node(1), markers(false, [("t", 0), ("t", 9), ("unknown", 0)]))
    #expect(errors(response) == [.none, .unknownTopicOrPartition, .unknownTopicOrPartition])
    #expect(response.markers.map(\.producerId) == [7] && response.markers[0].topics.map(\.name) == ["t", "unknown"])
    let read = try cluster.ask(cluster.node(1), reader()).only
    #expect(read.lastStableOffset == 2 && read.abortedTransactions?.map(\.firstOffset) == [0])
    // One of a coordinator that was deposed, and one of a former epoch of the producer.
    #expect(try errors(cluster.ask(cluster.node(1), markers(true, coordinatorEpoch: 0, [("t", 0)]))) == [.transactionCoordinatorFenced])
    #expect(try errors(cluster.ask(cluster.node(1), markers(true, epoch: -1, [("t", 0)]))) == [.invalidProducerEpoch])
  }

  @Test func `A request without markers gets a response without any`() throws {
    let (cluster, _) = try cluster()
    #expect(try cluster.ask(cluster.node(1), WriteTxnMarkersRequest()).markers.isEmpty)
  }

  // MARK: Offsets of groups

  @Test func `Offsets committed in a transaction wait for its marker, and so do requests for stable offsets`() throws {
    let (cluster, _) = try cluster()
    let node = try cluster.coordinator(of: "g") { node in
      try cluster.ask(node, offsets(of: "g", 5), version: 4).topics[0].partitions[0].errorCode == .none
    }
    #expect(try committed(cluster, node, isStable: true).error == .unstableOffsetCommit)
    #expect(try committed(cluster, node, isStable: false).offset == -1)
    let partition = coordinatorPartition(of: "g", partitionCount: 50)
    #expect(try errors(cluster.ask(node, markers(true, [("__consumer_offsets", partition)]))) == [.none])
    #expect(try committed(cluster, node, isStable: true) == (5, .none))
    let told = cluster.occurrences.contains { _, occurrence in
      guard case .offsetCommitted("g", TopicPartition("t", 0), Offset(5)) = occurrence else { return false }
      return true
    }
    #expect(told)
    var check = InvariantCheck()
    cluster.broker(node)?.checkCoordinatorReplay(&check)
    cluster.broker(node)?.checkProducerReplay(&check)
    #expect(check.broken == [] && check.examined > 0)
  }

  @Test(arguments: [true, false])
  func `The end of a transaction is answered when its offsets count, or earlier and then includes those of the next one`(markerAppliedBeforeAnswer: Bool) throws {
    let cluster = try TestCluster(brokers: 1, settings: Self.unverified, configureBrokers: { $0.groups.switches.markerAppliedBeforeAnswer = markerAppliedBeforeAnswer })
    try cluster.start()
    try cluster.createTopic("t", [[1]])
    let node = try cluster.coordinator(of: "g") { node in
      try cluster.ask(node, offsets(of: "g", 5), version: 4).topics[0].partitions[0].errorCode == .none
    }
    let partition = coordinatorPartition(of: "g", partitionCount: 50)
    #expect(try errors(cluster.ask(node, markers(true, [("__consumer_offsets", partition)]))) == [.none])
    #expect(try committed(cluster, node, isStable: false).offset == (markerAppliedBeforeAnswer ? 5 : -1))
    #expect(try cluster.ask(node, offsets(of: "g", 9), version: 4).topics[0].partitions[0].errorCode == .none)
    cluster.world.run(for: .seconds(1))
    // Nobody has decided about the second transaction.
    #expect(try committed(cluster, node, isStable: false).offset == (markerAppliedBeforeAnswer ? 5 : 9))
    #expect(try committed(cluster, node, isStable: true).error == (markerAppliedBeforeAnswer ? .unstableOffsetCommit : .none))
  }

  @Test func `Offsets of missing topics, and of no group, are refused`() throws {
    let (cluster, _) = try cluster()
    func error(_ request: TxnOffsetCommitRequest) throws -> ErrorCode {
      try cluster.ask(cluster.node(1), request, version: 4).topics[0].partitions[0].errorCode
    }
    #expect(try error(offsets(of: "g", 5, topic: "unknown")) == .unknownTopicOrPartition)
    #expect(try error(offsets(of: "", 5)) == .invalidGroupId)
  }

  // MARK: Verification

  @Test func `Without a reachable coordinator nothing begins, and the client has to retry`() throws {
    let (cluster, id) = try cluster([])
    var request = produce("t", id, transactional("a"))
    request.transactionalId = "x"
    for version: Int16 in [11, 12] {
      let answer = try cluster.ask(cluster.node(1), request, version: version).only
      #expect(answer.errorCode == .notEnoughReplicas)
      #expect(answer.errorMessage == "Unable to verify the partition has been added to the transaction. Underlying error: COORDINATOR_NOT_AVAILABLE")
    }
    #expect(try cluster.ask(cluster.node(1), fetch("t", id)).only.highWatermark == 0)
  }

  @Test func `A batch of a transaction without a transactional id, and batches of two producers, are refused as a whole`() throws {
    let (cluster, id) = try cluster()
    try cluster.createTopic("u", [[1]])
    #expect(try cluster.ask(cluster.node(1), produce("t", id, transactional("a"))).only.errorCode == .transactionalIdAuthorizationFailed)
    var request = produce("t", id, transactional("a"))
    request.transactionalId = "x"
    request.topicData += produce("u", try cluster.topicID("u"), transactional("b", producer: 8)).topicData
    let answer = try cluster.ask(cluster.node(1), request)
    #expect(answer.responses.map { $0.partitionResponses[0].errorCode } == [.invalidProducerIdMapping, .invalidProducerIdMapping])
  }
}
