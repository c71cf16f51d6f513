import Broker
import Host
import Primitives
import Sim
import Testing
import Wire

/// Transactions as a producer and an operator meet them: the coordinator is found, a producer is told its id and epoch, partitions are added, and its end is on record.
@Suite struct TransactionTests {
  @Test func `The coordinator's topic is created when a coordinator is looked up, compacted, uncompressed and with a minimum of replicas`() throws {
    let cluster = try TestCluster.forTransactions(brokers: 3)
    let asked = FindCoordinatorRequest { ($0.keyType, $0.coordinatorKeys) = (1, ["x"]) }
    #expect(try cluster.ask(cluster.node(1), asked).coordinators[0].errorCode == .coordinatorNotAvailable)
    _ = try cluster.coordinator(ofTransaction: "x")
    let topic = try cluster.ask(cluster.node(1), metadata([TopicName.transactionState])).topics[0]
    #expect(topic.isInternal && topic.partitions.count == 3 && topic.partitions[0].replicaNodes.count == 3)
    var resource = DescribeConfigsRequest.DescribeConfigsResource(), request = DescribeConfigsRequest()
    (resource.resourceType, resource.resourceName) = (2, TopicName.transactionState)
    resource.configurationKeys = ["cleanup.policy", "compression.type", "min.insync.replicas", "segment.bytes", "unclean.leader.election.enable"]
    request.resources = [resource]
    let configs = try cluster.ask(cluster.node(1), request).results[0].configs.map { "\($0.name) \($0.value ?? "-")" }
    #expect(
      configs.sorted() == [
        "cleanup.policy compact", "compression.type uncompressed", "min.insync.replicas 2", "segment.bytes 104857600", "unclean.leader.election.enable false",
      ])
    let refused = try cluster.ask(cluster.node(1), produce(TopicName.transactionState, try cluster.topicID(TopicName.transactionState), batch(["a"])))
    #expect(refused.only.errorCode == .invalidTopicException)
  }

  @Test func `Every version of FindCoordinator names the broker that coordinates the transactional id`() throws {
    let cluster = try TestCluster.forTransactions(brokers: 3)
    let node = try cluster.coordinator(ofTransaction: "x")
    for version in Int16(1)...6 {
      let request = FindCoordinatorRequest {
        $0.keyType = 1
        if version < 4 { $0.key = "x" } else { $0.coordinatorKeys = ["x"] }
      }
      let response = try cluster.ask(cluster.node(2), request, version: version)
      let (error, id) = version < 4
        ? (response.errorCode, response.nodeId) : (response.coordinators[0].errorCode, response.coordinators[0].nodeId)
      #expect(error == .none && cluster.node(id) == node, "version \(version)")
    }
  }

  @Test func `Each InitProducerId of a transactional id gives the next epoch of the same producer id, in every version`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x")
    var ids: Set<Int64> = []
    for version in Int16(0)...5 {
      let producer = try cluster.producer("x", at: node, version: version)
      #expect(producer.epoch == version)
      ids.insert(producer.id)
    }
    #expect(ids.count == 1)
    #expect(try cluster.producer("y", at: try cluster.coordinator(ofTransaction: "y")).id != ids.first)
    #expect(cluster.broker(node)?.transactionSnapshot(of: "x")?.producerEpoch == 5)
  }

  @Test func `An invalid producer is refused`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x")
    var half = initProducer("x")
    half.producerId = 5
    #expect(try cluster.ask(node, half, version: 5).errorCode == .invalidRequest)
    #expect(try cluster.ask(node, initProducer(""), version: 5).errorCode == .invalidRequest)
    let long = try cluster.ask(node, initProducer("x", timeout: 900_001), version: 5)
    #expect(long.errorCode == .invalidTransactionTimeout && long.producerId == -1 && long.producerEpoch == -1)
  }

  @Test func `Partitions are added all together, or none if one is missing`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node)
    for version in Int16(0)...3 {
      let refused = try cluster.ask(node, addPartitions([("t", [0, 2]), ("unknown", [0])], to: "x", producer), version: version)
      #expect(
        refused.resultsByTopicV3AndBelow.words == [
          "t-0 OPERATION_NOT_ATTEMPTED", "t-2 UNKNOWN_TOPIC_OR_PARTITION", "unknown-0 UNKNOWN_TOPIC_OR_PARTITION",
        ], "version \(version)")
    }
    let internalTopic = try cluster.ask(node, addPartitions([("t", [0]), (TopicName.transactionState, [0])], to: "x", producer), version: 3)
    #expect(internalTopic.resultsByTopicV3AndBelow.words == ["t-0 OPERATION_NOT_ATTEMPTED", "__transaction_state-0 TOPIC_AUTHORIZATION_FAILED"])
    #expect(try cluster.standing("x", at: node) == "Empty")
    for version in Int16(0)...3 {
      let added = try cluster.ask(node, addPartitions([("t", [0, 1])], to: "x", producer), version: version)
      #expect(added.resultsByTopicV3AndBelow.words == ["t-0 NONE", "t-1 NONE"], "version \(version)")
    }
    #expect(try cluster.standing("x", at: node) == "Ongoing t-0 t-1")
  }

  @Test func `The offsets of a group are added as the partition of the coordinator's topic that holds them`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node)
    var request = AddOffsetsToTxnRequest()
    (request.transactionalId, request.producerId, request.producerEpoch, request.groupId) = ("x", producer.id, producer.epoch, "g")
    for version in Int16(0)...4 { #expect(try cluster.ask(node, request, version: version).errorCode == .none, "version \(version)") }
    #expect(try cluster.standing("x", at: node) == "Ongoing __consumer_offsets-\(coordinatorPartition(of: "g", partitionCount: 4))")
    request.transactionalId = ""
    #expect(try cluster.ask(node, request).errorCode == .invalidRequest)
  }

  @Test func `An earlier producer gets the error code that its version knows`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x")
    let former = try cluster.producer("x", at: node)
    _ = try cluster.producer("x", at: node)
    for (version, error) in [(0, ErrorCode.invalidProducerEpoch), (1, .invalidProducerEpoch), (2, .producerFenced), (3, .producerFenced)] as [(Int16, ErrorCode)] {
      #expect(try cluster.ask(node, addPartitions([("t", [0])], to: "x", former), version: version).resultsByTopicV3AndBelow.words == ["t-0 \(error)"])
      #expect(try cluster.ask(node, endTransaction("x", former, commits: true), version: version).errorCode == error)
      var offsets = AddOffsetsToTxnRequest()
      (offsets.transactionalId, offsets.producerId, offsets.producerEpoch, offsets.groupId) = ("x", former.id, former.epoch, "g")
      #expect(try cluster.ask(node, offsets, version: version).errorCode == error)
    }
    var again = initProducer("x")
    (again.producerId, again.producerEpoch) = former
    #expect(try cluster.ask(node, again, version: 3).errorCode == .invalidProducerEpoch)
    #expect(try cluster.ask(node, again, version: 4).errorCode == .producerFenced)
  }

  @Test func `A broker verifies several transactions at once, and adds to none`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x")
    let x = try cluster.producer("x", at: node), y = try cluster.producer("y", at: node)
    _ = try cluster.ask(node, addPartitions([("t", [0])], to: "x", x), version: 3)
    var request = AddPartitionsToTxnRequest()
    request.transactions = [
      partitionsOfTransaction([("t", [0, 1])], "x", x, verifyOnly: true), partitionsOfTransaction([("t", [0])], "y", (y.id, 9), verifyOnly: true),
      partitionsOfTransaction([("t", [0])], "z", (y.id, 0), verifyOnly: true), partitionsOfTransaction([("t", [7])], "y", y, verifyOnly: true),
      partitionsOfTransaction([("t", [0])], "", y, verifyOnly: true),
    ]
    for version in Int16(4)...5 {
      let results = try cluster.ask(node, request, version: version).resultsByTransaction
      #expect(results.map(\.transactionalId) == ["x", "y", "z", "y", ""])
      #expect(
        results.map(\.topicResults.words) == [
          ["t-0 NONE", "t-1 TRANSACTION_ABORTABLE"], ["t-0 PRODUCER_FENCED"], ["t-0 INVALID_PRODUCER_ID_MAPPING"], ["t-7 UNKNOWN_TOPIC_OR_PARTITION"],
          ["t-0 INVALID_REQUEST"],
        ], "version \(version)")
    }
    #expect(try cluster.standing("x", at: node) == "Ongoing t-0" && cluster.standing("y", at: node) == "Empty")
  }

  @Test func `A broker adds partitions for a producer that does not add them itself`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node)
    var request = AddPartitionsToTxnRequest()
    request.transactions = [partitionsOfTransaction([("t", [1])], "x", producer, verifyOnly: false)]
    #expect(try cluster.ask(node, request, version: 5).resultsByTransaction.map(\.topicResults.words) == [["t-1 NONE"]])
    #expect(try cluster.standing("x", at: node) == "Ongoing t-1")
  }

  @Test func `A broker that does not coordinate a transactional id says so`() throws {
    let cluster = try TestCluster.forTransactions(brokers: 3)
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node)
    let other = try #require(cluster.brokers.first { $0 != node })
    #expect(try cluster.ask(other, initProducer("x"), version: 5).errorCode == .notCoordinator)
    #expect(try cluster.ask(other, addPartitions([("t", [0])], to: "x", producer), version: 3).resultsByTopicV3AndBelow.words == ["t-0 NOT_COORDINATOR"])
    #expect(try cluster.ask(other, endTransaction("x", producer, commits: true)).errorCode == .notCoordinator)
    #expect(try cluster.standing("x", at: other) == "NOT_COORDINATOR")
    #expect(cluster.broker(other)?.transactionSnapshot(of: "x") == nil)
  }

  @Test func `Transactions are described and listed`() throws {
    let cluster = try TestCluster.forTransactions()
    let node = try cluster.coordinator(ofTransaction: "x"), x = try cluster.producer("x", at: node), y = try cluster.producer("yy", at: node)
    _ = try cluster.ask(node, addPartitions([("t", [1])], to: "x", x), version: 3)
    let described = try cluster.ask(node, describeTransactions(["x", "unknown", ""])).transactionStates
    #expect(described.map(\.errorCode) == [.none, .transactionalIdNotFound, .invalidRequest])
    #expect(described[0].producerId == x.id && described[0].transactionTimeoutMs == 60_000 && described[0].transactionStartTimeMs > 0)
    func listed(_ version: Int16 = 2, _ change: (inout ListTransactionsRequest) -> Void) throws -> [String] {
      var request = ListTransactionsRequest()
      change(&request)
      let response = try cluster.ask(node, request, version: version)
      return response.transactionStates.map { "\($0.transactionalId) \($0.transactionState)" }.sorted() + response.unknownStateFilters
    }
    for version in Int16(0)...2 { #expect(try listed(version) { _ in } == ["x Ongoing", "yy Empty"]) }
    #expect(try listed { $0.stateFilters = ["Ongoing", "Lost"] } == ["x Ongoing", "Lost"])
    #expect(try listed { $0.producerIdFilters = [y.id] } == ["yy Empty"])
    #expect(try listed { $0.durationFilter = 600_000 }.contains("x Ongoing") == false)
    #expect(try listed { $0.transactionalIdPattern = "y+" } == ["yy Empty"])
  }

  @Test func `Recorded states survive the kill of the coordinator, and the next one has the same state`() throws {
    let cluster = try TestCluster.forTransactions(brokers: 3, settings: [("broker.session.timeout.ms", "3000")])
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node)
    _ = try cluster.ask(node, addPartitions([("t", [0])], to: "x", producer), version: 3)
    let partition = coordinatorPartition(of: "x", partitionCount: 3)
    let before = try #require(cluster.broker(node)?.committedTransactions(ofPartition: partition))
    let number = Int32(try #require(cluster.brokers.firstIndex(of: node))) + 1
    cluster.world.kill(node)
    let next = try cluster.coordinator(ofTransaction: "x", askedOf: number == 1 ? 2 : 1, otherThan: number)
    cluster.world.run(for: .seconds(1))
    let after = try #require(cluster.broker(next)?.committedTransactions(ofPartition: partition))
    var check = InvariantCheck()
    cluster.broker(next)?.checkCoordinatorReplay(&check)
    #expect(check.broken.isEmpty && check.examined > 0)
    #expect(after.upTo == before.upTo && after.lines == before.lines && !after.lines.isEmpty)
    #expect(try cluster.standing("x", at: next) == "Ongoing t-0")
  }

  @Test func `No decision is made that only one replica would have`() throws {
    let cluster = try TestCluster.forTransactions(brokers: 2)
    let node = try cluster.coordinator(ofTransaction: "x"), producer = try cluster.producer("x", at: node)
    let other = try #require(cluster.brokers.first { $0 != node })
    cluster.world.kill(other)
    cluster.world.run(for: .seconds(15))
    let refused = try cluster.ask(node, addPartitions([("t", [0])], to: "x", producer), version: 3)
    #expect(refused.resultsByTopicV3AndBelow.words == ["t-0 COORDINATOR_NOT_AVAILABLE"])
    cluster.world.start(other)
    cluster.world.run(for: .seconds(15))
    #expect(try cluster.standing("x", at: node) == "Empty")
    #expect(try cluster.ask(node, addPartitions([("t", [0])], to: "x", producer), version: 3).resultsByTopicV3AndBelow.words == ["t-0 NONE"])
  }

  @Test func `Two-phase transactions need a version that is not stable yet, and the permission of the broker`() throws {
    let stable = try TestCluster.forTransactions()
    #expect(try stable.ask(stable.node(1), ApiVersionsRequest(), version: 0).apiKeys.first { $0.apiKey == ApiKey.initProducerId.rawValue }?.maxVersion == 5)
    for (isAllowed, error) in [(false, ErrorCode.transactionalIdAuthorizationFailed), (true, .none)] {
      let cluster = try TestCluster.forTransactions(
        settings: [("unstable.api.versions.enable", "true"), ("transaction.two.phase.commit.enable", "\(isAllowed)")])
      let node = try cluster.coordinator(ofTransaction: "x")
      var request = initProducer("x")
      request.enable2Pc = true
      #expect(try cluster.ask(node, request, version: 6).errorCode == error)
      request.keepPreparedTxn = true
      #expect(try cluster.ask(node, request, version: 6).errorCode == (isAllowed ? .unsupportedVersion : error))
    }
  }
}
