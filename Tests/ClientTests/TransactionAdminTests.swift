import Client
import Primitives
import Testing
import Wire

/// Transactions from outside (KIP-664).
@Suite struct TransactionAdminTests {
  let world = TestWorld()
  let broker: ScriptedBroker
  let other: ScriptedBroker
  let cluster: ScriptedCluster
  let admin: Admin

  init() {
    broker = world.addBroker(1)
    other = world.addBroker(2)
    cluster = ScriptedCluster([broker, other])
    var configuration = AdminConfiguration()
    configuration.connection.bootstrapServers = [broker.address]
    admin = Admin(reactor: world.reactor, configuration: configuration)
    for broker in [broker, other] {
      // At first the wrong broker is named.
      var asked = 0
      broker.on(FindCoordinatorRequest.self) { request, answer in
        #expect(request.keyType == 1)
        asked += 1
        var entry = FindCoordinatorResponse.Coordinator()
        entry.key = request.coordinatorKeys[0]
        entry.nodeId = asked == 1 ? 1 : 2
        var response = FindCoordinatorResponse()
        response.coordinators = [entry]
        answer(response)
      }
    }
  }

  @Test func `Transactions are described by their coordinators`() throws {
    for broker in [broker, other] {
      broker.on(DescribeTransactionsRequest.self) { request, answer in
        var state = DescribeTransactionsResponse.TransactionState()
        state.transactionalId = request.transactionalIds[0]
        state.errorCode = broker.id == 1 ? .notCoordinator : .none
        state.transactionState = "Ongoing"
        (state.producerId, state.producerEpoch, state.transactionTimeoutMs, state.transactionStartTimeMs) = (7, 3, 60_000, 5)
        var topic = DescribeTransactionsResponse.TopicData()
        (topic.topic, topic.partitions) = ("t", [1, 0])
        state.topics = [topic]
        var response = DescribeTransactionsResponse()
        response.transactionStates = [state]
        answer(response)
      }
    }
    var results: [(key: String, result: Result<TransactionDescription, AdminError>)] = []
    admin.describeTransactions(["x", "y"]) { results = $0 }
    #expect(world.run(upTo: .seconds(10)) { !results.isEmpty })
    #expect(results.map(\.key) == ["x", "y"])
    let described = try results[0].result.get()
    #expect((described.state, described.producerID, described.producerEpoch, described.coordinator) == ("Ongoing", 7, 3, 2))
    #expect((described.timeout, described.startedAt) == (.seconds(60), Timestamp(milliseconds: 5)))
    #expect(described.partitions == [TopicPartition("t", 0), TopicPartition("t", 1)])
  }

  @Test func `Producers are fenced by initializing their ids`() throws {
    for broker in [broker, other] {
      broker.on(InitProducerIdRequest.self) { request, answer in
        #expect((request.transactionalId, request.producerId) == ("x", -1))
        var response = InitProducerIdResponse()
        response.errorCode = broker.id == 1 ? .notCoordinator : .none
        (response.producerId, response.producerEpoch) = (7, 4)
        answer(response)
      }
    }
    var results: [(key: String, result: Result<(producerID: Int64, producerEpoch: Int16), AdminError>)] = []
    admin.fenceProducers(["x"]) { results = $0 }
    #expect(world.run(upTo: .seconds(10)) { !results.isEmpty })
    #expect(try results[0].result.get() == (7, 4))
  }

  @Test func `A transaction is aborted only at the leader`() throws {
    cluster.addTopic("t", leaders: [1, 2])
    other.on(WriteTxnMarkersRequest.self) { request, answer in
      let marker = request.markers[0]
      #expect((marker.producerId, marker.producerEpoch, marker.coordinatorEpoch, marker.transactionResult) == (7, 3, 9, false))
      #expect(marker.topics.map(\.partitionIndexes) == [[1]])
      var partition = WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult()
      partition.partitionIndex = 1
      partition.errorCode = .transactionCoordinatorFenced
      var topic = WriteTxnMarkersResponse.WritableTxnMarkerTopicResult()
      (topic.name, topic.partitions) = ("t", [partition])
      var result = WriteTxnMarkersResponse.WritableTxnMarkerResult()
      (result.producerId, result.topics) = (7, [topic])
      var response = WriteTxnMarkersResponse()
      response.markers = [result]
      answer(response)
    }
    var result: Result<Void, AdminError>?
    admin.abortTransaction(in: TopicPartition("t", 1), producerID: 7, producerEpoch: 3, coordinatorEpoch: 9) { result = $0 }
    #expect(world.run(upTo: .seconds(10)) { result != nil })
    #expect(throws: AdminError.refused(.transactionCoordinatorFenced, message: nil)) { try result?.get() }
  }

  @Test func `All brokers list the transactions they coordinate`() throws {
    for broker in [broker, other] {
      broker.on(DescribeClusterRequest.self) { [cluster] _, answer in
        var response = DescribeClusterResponse()
        response.brokers = cluster.brokers.map { known in
          var entry = DescribeClusterResponse.DescribeClusterBroker()
          (entry.brokerId, entry.host, entry.port) = (known.id.value, known.address.host, known.address.port)
          return entry
        }
        answer(response)
      }
      broker.on(ListTransactionsRequest.self) { request, answer in
        #expect((request.stateFilters, request.producerIdFilters, request.durationFilter) == (["Ongoing"], [7], 1_000))
        var state = ListTransactionsResponse.TransactionState()
        (state.transactionalId, state.producerId, state.transactionState) = (broker.id == 1 ? "y" : "x", 7, "Ongoing")
        var response = ListTransactionsResponse()
        response.transactionStates = [state]
        answer(response)
      }
    }
    var result: Result<[TransactionListing], AdminError>?
    admin.listTransactions(inStates: ["Ongoing"], ofProducers: [7], openFor: .seconds(1)) { result = $0 }
    #expect(world.run(upTo: .seconds(10)) { result != nil })
    #expect(try result?.get().map(\.transactionalID) == ["x", "y"])
  }
}
