import Primitives
import Testing
import Wire

@Suite struct RefusalTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    /// The answer's refusal as the asker reads it, and its text at the newest version.
    let refused: @Sendable (ErrorCode, String?) throws -> (seen: ErrorCode, text: String)

    init<Request: RefusableRequest>(_ request: Request) {
      testDescription = Request.name
      refused = { error, message in
        let response = request.refused(error, message), version = Request.Response.validVersions.upperBound
        let decoded = try Request.Response(response.encoded(version: version), version: version)
        return (Request.refusal(in: decoded), try response.text(version: version))
      }
    }
  }

  /// Each asks for two things, where it can ask for more than one.
  static let cases: [Case] = [
    Case(BrokerRegistrationRequest()), Case(BrokerHeartbeatRequest()), Case(UnregisterBrokerRequest()), Case(ControllerRegistrationRequest()),
    Case(AllocateProducerIdsRequest()), Case(AlterPartitionRequest()), Case(AssignReplicasToDirsRequest()), Case(ApiVersionsRequest()),
    Case(UpdateFeaturesRequest()), Case(DescribeQuorumRequest()), Case(AlterPartitionReassignmentsRequest()),
    Case(ListPartitionReassignmentsRequest()), Case(metadata), Case(describeTopicPartitions), Case(createTopics), Case(deleteTopics),
    Case(createPartitions), Case(alterConfigs), Case(incrementalAlterConfigs), Case(electLeaders),
    Case(produce), Case(fetch), Case(FetchRequest()), Case(listOffsets), Case(offsetForLeaderEpoch), Case(deleteRecords), Case(InitProducerIdRequest()),
  ]

  @Test(arguments: cases)
  func `A client learns from the response's bytes that nothing was done`(_ item: Case) throws {
    for error in [ErrorCode.notController, .requestTimedOut] { #expect(try item.refused(error, "why").seen == error) }
    #expect(try item.refused(.none, nil).seen == .none)
  }

  @Test(arguments: [
    (Case(metadata), ["a", "b"]), (Case(describeTopicPartitions), ["a", "b"]), (Case(createTopics), ["a", "b"]), (Case(deleteTopics), ["a", "b"]),
    (Case(createPartitions), ["a", "b"]), (Case(alterConfigs), ["a", "b"]), (Case(incrementalAlterConfigs), ["a", "b"]),
  ])
  func `Each requested item has the error`(_ item: Case, _ names: [String]) throws {
    let text = try item.refused(.notController, nil).text
    for name in names { #expect(text.contains("\"\(name)\"")) }
    #expect(text.ranges(of: "\"ErrorCode\":41").count >= names.count)
  }

  @Test func `Each partition with a requested election has an error and a message`() throws {
    let results = Self.electLeaders.refused(.requestTimedOut, "late").replicaElectionResults
    #expect(results.map(\.topic) == ["a"])
    #expect(results[0].partitionResult.map(\.partitionId) == [3, 5])
    #expect(results[0].partitionResult.allSatisfy { $0.errorCode == .requestTimedOut && $0.errorMessage == "late" })
    // Version 0 has no error of the whole answer.
    var old = Self.electLeaders.refused(.notController)
    old.errorCode = .none
    #expect(ElectLeadersRequest.refusal(in: old) == .notController)
  }

  @Test func `The answer of a controller that is not active is known, also where it is about the quorum`() {
    #expect(ElectLeadersRequest.isFromInactiveController(Self.electLeaders.refused(.notController)))
    #expect(!ElectLeadersRequest.isFromInactiveController(Self.electLeaders.refused(.requestTimedOut)))
    var described = DescribeQuorumResponse()
    #expect(!DescribeQuorumRequest.isFromInactiveController(described))
    described.topics = [DescribeQuorumResponse.TopicData { $0.partitions = [DescribeQuorumResponse.PartitionData { $0.errorCode = .notLeaderOrFollower }] }]
    #expect(DescribeQuorumRequest.isFromInactiveController(described))
  }

  @Test func `Topics to be deleted are identified by name or by id, as requested`() {
    var request = DeleteTopicsRequest()
    var topic = DeleteTopicsRequest.DeleteTopicState()
    topic.topicId = Uuid(high: 7, low: 8)
    request.topics = [topic]
    request.topicNames = ["b"]
    let answers = request.refused(.policyViolation, "no").responses
    #expect(answers.map(\.topicId) == [Uuid(high: 7, low: 8), .zero] && answers.map(\.name) == [nil, "b"])
    #expect(answers.allSatisfy { $0.errorCode == .policyViolation && $0.errorMessage == "no" })
  }

  @Test func `An empty request gets an empty refusal`() {
    #expect(CreateTopicsRequest.refusal(in: CreateTopicsRequest().refused(.notController)) == .none)
    #expect(MetadataRequest.refusal(in: MetadataRequest().refused(.notController)) == .notController)
  }

  // MARK: Requests

  private static let metadata = {
    var request = MetadataRequest()
    request.topics = ["a", "b"].map {
      var topic = MetadataRequest.MetadataRequestTopic()
      topic.name = $0
      return topic
    }
    return request
  }()

  private static let describeTopicPartitions = {
    var request = DescribeTopicPartitionsRequest()
    request.topics = ["a", "b"].map {
      var topic = DescribeTopicPartitionsRequest.TopicRequest()
      topic.name = $0
      return topic
    }
    return request
  }()

  private static let createTopics = {
    var request = CreateTopicsRequest()
    request.topics = ["a", "b"].map {
      var topic = CreateTopicsRequest.CreatableTopic()
      topic.name = $0
      return topic
    }
    return request
  }()

  private static let deleteTopics = {
    var request = DeleteTopicsRequest()
    request.topics = ["a", "b"].map {
      var topic = DeleteTopicsRequest.DeleteTopicState()
      topic.name = $0
      return topic
    }
    return request
  }()

  private static let createPartitions = {
    var request = CreatePartitionsRequest()
    request.topics = ["a", "b"].map {
      var topic = CreatePartitionsRequest.CreatePartitionsTopic()
      topic.name = $0
      return topic
    }
    return request
  }()

  private static let alterConfigs = {
    var request = AlterConfigsRequest()
    request.resources = ["a", "b"].map {
      var resource = AlterConfigsRequest.AlterConfigsResource()
      resource.resourceName = $0
      return resource
    }
    return request
  }()

  private static let incrementalAlterConfigs = {
    var request = IncrementalAlterConfigsRequest()
    request.resources = ["a", "b"].map {
      var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
      resource.resourceName = $0
      return resource
    }
    return request
  }()

  private static let electLeaders = {
    var request = ElectLeadersRequest()
    var topic = ElectLeadersRequest.TopicPartitions()
    (topic.topic, topic.partitions) = ("a", [3, 5])
    request.topicPartitions = [topic]
    return request
  }()

  private static let produce = ProduceRequest {
    $0.topicData = [
      ProduceRequest.TopicProduceData {
        $0.name = "a"
        $0.partitionData = [ProduceRequest.PartitionProduceData { $0.index = 3 }]
      }
    ]
  }

  private static let fetch = FetchRequest {
    $0.topics = [
      FetchRequest.FetchTopic {
        $0.topic = "a"
        $0.partitions = [FetchRequest.FetchPartition { $0.partition = 3 }]
      }
    ]
  }

  private static let listOffsets = ListOffsetsRequest {
    $0.topics = [
      ListOffsetsRequest.ListOffsetsTopic {
        $0.name = "a"
        $0.partitions = [ListOffsetsRequest.ListOffsetsPartition { $0.partitionIndex = 3 }]
      }
    ]
  }

  private static let offsetForLeaderEpoch = OffsetForLeaderEpochRequest {
    $0.topics = [
      OffsetForLeaderEpochRequest.OffsetForLeaderTopic {
        $0.topic = "a"
        $0.partitions = [OffsetForLeaderEpochRequest.OffsetForLeaderPartition { $0.partition = 3 }]
      }
    ]
  }

  private static let deleteRecords = DeleteRecordsRequest {
    $0.topics = [
      DeleteRecordsRequest.DeleteRecordsTopic {
        $0.name = "a"
        $0.partitions = [DeleteRecordsRequest.DeleteRecordsPartition { $0.partitionIndex = 3 }]
      }
    ]
  }
}
