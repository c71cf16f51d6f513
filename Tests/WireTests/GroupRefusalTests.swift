import Primitives
import Testing
import Wire

/// How requests about groups, about what brokers are and between controllers are refused in each version.
@Suite struct GroupRefusalTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let versions: [Int16]
    /// Sends a request of a version, refuses it and reads the answer: the refusal as the asker reads it, and the answer's text.
    let refused: @Sendable (ErrorCode, Int16) throws -> (seen: ErrorCode, text: String)

    init<Request: RefusableRequest>(_ type: Request.Type, _ request: @escaping @Sendable (_ version: Int16) -> Request = { _ in Request() }) {
      testDescription = Request.name
      versions = Array(Request.validVersions)
      refused = { error, version in
        let received = try Request(request(version).encoded(version: version), version: version)
        let answer = try Request.Response(received.refused(error, "why").encoded(version: version), version: version)
        return (Request.refusal(in: answer), try answer.text(version: version))
      }
    }
  }

  static let cases: [Case] = [
    findCoordinator, Case(JoinGroupRequest.self), Case(SyncGroupRequest.self), Case(HeartbeatRequest.self), leaveGroup, Case(ConsumerGroupHeartbeatRequest.self),
    offsetCommit, offsetFetch, offsetDelete, Case(ListGroupsRequest.self), describeGroups, describeConsumerGroups, deleteGroups,
    describeConfigs, Case(ListConfigResourcesRequest.self), Case(DescribeClusterRequest.self), describeProducers,
    Case(VoteRequest.self), Case(BeginQuorumEpochRequest.self), Case(EndQuorumEpochRequest.self), Case(FetchSnapshotRequest.self),
  ]

  @Test(arguments: cases)
  func `In every version a refusal can be written, and has its error`(_ item: Case) throws {
    for version in item.versions {
      for error in [ErrorCode.notCoordinator, .unknownMemberId] { #expect(try item.refused(error, version).seen == error, "version \(version)") }
      #expect(try item.refused(.none, version).seen == .none, "version \(version)")
    }
  }

  @Test(arguments: [
    (findCoordinator, 4...6, ["a", "b"]), (describeGroups, 0...6, ["a", "b"]), (describeConsumerGroups, 0...1, ["a", "b"]), (deleteGroups, 0...2, ["a", "b"]),
    (offsetFetch, 8...10, ["g", "h"]), (offsetFetch, 1...7, ["t", "u"]), (offsetCommit, 2...9, ["t", "u"]), (describeConfigs, 1...4, ["a", "b"]),
    (describeProducers, 0...0, ["t", "u"]),
  ] as [(Case, ClosedRange<Int16>, [String])])
  func `Everything that was requested has the error`(_ item: Case, _ versions: ClosedRange<Int16>, _ names: [String]) throws {
    for version in versions {
      let text = try item.refused(.notCoordinator, version).text
      for name in names { #expect(text.contains("\"\(name)\""), "version \(version)") }
      #expect(text.ranges(of: "\"ErrorCode\":16").count >= names.count, "version \(version)")
    }
  }

  @Test func `Topics are identified by id if they were requested by id`() throws {
    #expect(try Self.offsetCommit.refused(.notCoordinator, 10).text.contains(Self.topicID.description))
  }

  @Test func `A refusal contains no coordinator and no offset`() {
    let found = FindCoordinatorRequest { $0.coordinatorKeys = ["a"] }.refused(.coordinatorNotAvailable).coordinators
    #expect(found.map(\.nodeId) == [-1] && found.map(\.port) == [-1])
    #expect(FindCoordinatorRequest { $0.key = "a" }.refused(.coordinatorNotAvailable).nodeId == -1)
    let fetched = OffsetFetchRequest {
      $0.topics = [OffsetFetchRequest.OffsetFetchRequestTopic { $0.name = "t"; $0.partitionIndexes = [3] }]
    }.refused(.notCoordinator)
    #expect(fetched.topics[0].partitions.map(\.committedOffset) == [-1] && fetched.topics[0].partitions.map(\.partitionIndex) == [3])
    let joined = JoinGroupRequest { $0.memberId = "m" }.refused(.rebalanceInProgress)
    #expect(joined.generationId == -1 && joined.members.isEmpty)
  }

  // MARK: Requests

  private static let topicID = Uuid(high: 7, low: 8)

  private static let findCoordinator = Case(FindCoordinatorRequest.self) { version in
    FindCoordinatorRequest { if version < 4 { $0.key = "a" } else { $0.coordinatorKeys = ["a", "b"] } }
  }

  private static let leaveGroup = Case(LeaveGroupRequest.self) { version in
    LeaveGroupRequest {
      if version < 3 {
        $0.memberId = "a"
      } else {
        $0.members = ["a", "b"].map { id in LeaveGroupRequest.MemberIdentity { $0.memberId = id } }
      }
    }
  }

  private static let offsetCommit = Case(OffsetCommitRequest.self) { _ in
    OffsetCommitRequest {
      $0.topics = ["t", "u"].map { name in
        OffsetCommitRequest.OffsetCommitRequestTopic {
          $0.name = name
          $0.topicId = topicID
          $0.partitions = [OffsetCommitRequest.OffsetCommitRequestPartition { $0.partitionIndex = 3 }]
        }
      }
    }
  }

  private static let offsetFetch = Case(OffsetFetchRequest.self) { version in
    OffsetFetchRequest {
      if version < 8 {
        $0.topics = ["t", "u"].map { name in OffsetFetchRequest.OffsetFetchRequestTopic { $0.name = name; $0.partitionIndexes = [3] } }
      } else {
        // All partitions of a group are asked for without topics.
        $0.groups = ["g", "h"].map { id in OffsetFetchRequest.OffsetFetchRequestGroup { $0.groupId = id; $0.topics = nil } }
      }
    }
  }

  private static let offsetDelete = Case(OffsetDeleteRequest.self) { _ in
    OffsetDeleteRequest { $0.topics = [OffsetDeleteRequest.OffsetDeleteRequestTopic { $0.name = "t" }] }
  }

  private static let describeGroups = Case(DescribeGroupsRequest.self) { _ in DescribeGroupsRequest { $0.groups = ["a", "b"] } }

  private static let describeConsumerGroups = Case(ConsumerGroupDescribeRequest.self) { _ in ConsumerGroupDescribeRequest { $0.groupIds = ["a", "b"] } }

  private static let deleteGroups = Case(DeleteGroupsRequest.self) { _ in DeleteGroupsRequest { $0.groupsNames = ["a", "b"] } }

  private static let describeConfigs = Case(DescribeConfigsRequest.self) { _ in
    DescribeConfigsRequest { $0.resources = ["a", "b"].map { name in DescribeConfigsRequest.DescribeConfigsResource { $0.resourceName = name } } }
  }

  private static let describeProducers = Case(DescribeProducersRequest.self) { _ in
    DescribeProducersRequest {
      $0.topics = ["t", "u"].map { name in DescribeProducersRequest.TopicRequest { $0.name = name; $0.partitionIndexes = [3] } }
    }
  }
}
