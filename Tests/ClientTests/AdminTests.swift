import Host
import Primitives
import Testing
import Wire

@testable import Client

@Suite struct AdminTests {
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
  }

  @Test func `Created topics are reported one by one`() {
    broker.on(CreateTopicsRequest.self) { request, answer in
      #expect(request.topics[0].configs.map(\.name) == ["retention.ms", "cleanup.policy"])
      #expect(request.topics[1].assignments.map(\.brokerIds) == [[1, 2], [2, 1]])
      var made = CreateTopicsResponse.CreatableTopicResult()
      made.name = "a"
      made.topicId = Uuid(high: 1, low: 2)
      made.numPartitions = 3
      made.replicationFactor = 2
      var refused = CreateTopicsResponse.CreatableTopicResult()
      refused.name = "b"
      refused.errorCode = .topicAlreadyExists
      refused.errorMessage = "there already"
      var response = CreateTopicsResponse()
      response.topics = [refused, made]
      answer(response)
    }
    var results: [(key: String, result: Result<CreatedTopic, AdminError>)] = []
    admin.createTopics([
      NewTopic("a", partitions: 3, replicationFactor: 2, configs: ["retention.ms": "1", "cleanup.policy": "compact"]),
      NewTopic("b", assignments: [[1, 2], [2, 1]]), NewTopic("c"),
    ]) { results = $0 }
    #expect(world.run { !results.isEmpty })
    #expect(results.map(\.key) == ["a", "b", "c"])
    #expect((try? results[0].result.get())?.id == Uuid(high: 1, low: 2))
    #expect((try? results[0].result.get())?.partitionCount == 3)
    #expect(results[1].result == .failure(.refused(.topicAlreadyExists, message: "there already")))
    #expect(results[2].result == .failure(.missingInResponse))
  }

  @Test func `After asking a broker that is not the controller, the client asks again`() {
    var attempts = 0
    broker.on(DeleteTopicsRequest.self) { request, answer in
      attempts += 1
      var result = DeleteTopicsResponse.DeletableTopicResult()
      result.name = "a"
      result.errorCode = attempts < 3 ? .notController : .none
      var response = DeleteTopicsResponse()
      response.responses = [result]
      answer(response)
    }
    var isDeleted = false
    admin.deleteTopics(["a"]) { isDeleted = (try? $0[0].result.get()) != nil }
    #expect(world.run(upTo: .seconds(5)) { isDeleted })
    #expect(attempts == 3)
  }

  @Test func `Voters are added and removed, and a change that has to wait is asked for again`() {
    var additions: [AddRaftVoterRequest] = [], removals: [RemoveRaftVoterRequest] = []
    broker.on(AddRaftVoterRequest.self) { request, answer in
      additions.append(request)
      answer(request.refused(additions.count < 3 ? .requestTimedOut : .none))
    }
    broker.on(RemoveRaftVoterRequest.self) { request, answer in
      removals.append(request)
      answer(request.refused(.voterNotFound, "no such voter"))
    }
    let directory = Uuid(high: 1, low: 2)
    var added: Result<Void, AdminError>?, removed: Result<Void, AdminError>?
    admin.addRaftVoter(7, directory: directory, listeners: [("CONTROLLER", Address(host: "controller-7", port: 9093))]) { added = $0 }
    admin.removeRaftVoter(8, directory: directory) { removed = $0 }
    #expect(world.run(upTo: .seconds(5)) { added != nil && removed != nil })
    #expect((try? added?.get()) != nil && additions.count == 3)
    #expect(additions.allSatisfy { $0.voterId == 7 && $0.voterDirectoryId == directory && $0.listeners.map(\.host) == ["controller-7"] && $0.ackWhenCommitted })
    #expect(removals.map(\.voterId) == [8] && removals[0].voterDirectoryId == directory)
    guard case .failure(.refused(.voterNotFound, message: "no such voter")) = removed else {
      Issue.record("\(String(describing: removed))")
      return
    }
  }

  @Test func `An operation ends when its time is up`() {
    broker.on(UnregisterBrokerRequest.self) { _, _ in }
    var result: Result<Void, AdminError>?
    admin.unregisterBroker(3) { result = $0 }
    world.run(for: .seconds(60))
    guard case .failure(.timedOut(wasSent: true)) = result else {
      Issue.record("\(String(describing: result))")
      return
    }
    #expect(broker.count(of: .unregisterBroker) == 2)
  }

  @Test func `Without any broker, an operation times out as not sent`() {
    broker.stop()
    var result: Result<ClusterDescription, AdminError>?
    admin.describeCluster { result = $0 }
    world.run(for: .seconds(60))
    #expect(result == .failure(.timedOut(wasSent: false)))
  }

  @Test func `Descriptions are read page by page`() throws {
    var cursors: [String?] = []
    broker.on(DescribeTopicPartitionsRequest.self) { request, answer in
      cursors.append(request.cursor.map { "\($0.topicName)-\($0.partitionIndex)" })
      var partition = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition()
      partition.leaderId = 1
      partition.isrNodes = [1, 2]
      partition.eligibleLeaderReplicas = [3]
      partition.partitionIndex = request.cursor?.partitionIndex ?? 0
      var topic = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
      topic.name = "a"
      topic.partitions = [partition]
      var response = DescribeTopicPartitionsResponse()
      response.topics = [topic]
      if request.cursor == nil {
        var cursor = DescribeTopicPartitionsResponse.Cursor()
        cursor.topicName = "a"
        cursor.partitionIndex = 1
        response.nextCursor = cursor
      }
      answer(response)
    }
    var found: [(key: String, result: Result<TopicDescription, AdminError>)] = []
    admin.describeTopics(["a"]) { found = $0 }
    #expect(world.run { !found.isEmpty })
    let description = try found[0].result.get()
    #expect(description.partitions.map(\.number) == [0, 1])
    #expect(description.partitions[0].eligibleLeaderReplicas == [3])
    #expect(cursors == [nil, "a-1"])
  }

  @Test func `Leaders are asked to delete records`() throws {
    cluster.addTopic("t", leaders: [1, 2])
    for broker in [broker, other] {
      broker.on(DeleteRecordsRequest.self) { request, answer in
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { topic in
          var result = DeleteRecordsResponse.DeleteRecordsTopicResult()
          result.name = topic.name
          result.partitions = topic.partitions.map { partition in
            var result = DeleteRecordsResponse.DeleteRecordsPartitionResult()
            result.partitionIndex = partition.partitionIndex
            result.lowWatermark = partition.offset
            result.errorCode = Int32(broker.id.value) == partition.partitionIndex + 1 ? .none : .notLeaderOrFollower
            return result
          }
          return result
        }
        answer(response)
      }
    }
    var results: [(key: TopicPartition, result: Result<Offset, AdminError>)] = []
    admin.deleteRecords([(TopicPartition("t", 1), 20), (TopicPartition("t", 0), 10)]) { results = $0 }
    #expect(world.run(upTo: .seconds(5)) { !results.isEmpty })
    #expect(results.map(\.key.partition) == [1, 0])
    #expect(try results.map { try $0.result.get() } == [20, 10])
  }

  @Test func `A broker is asked for its own configuration`() throws {
    other.on(DescribeConfigsRequest.self) { request, answer in
      #expect(request.resources[0].resourceName == "2")
      #expect(request.resources[0].resourceType == 4)
      var config = DescribeConfigsResponse.DescribeConfigsResourceResult()
      config.name = "log.retention.ms"
      config.value = "5"
      config.configSource = 4
      var result = DescribeConfigsResponse.DescribeConfigsResult()
      result.configs = [config]
      var response = DescribeConfigsResponse()
      response.results = [result]
      answer(response)
    }
    var found: [ConfigEntry] = []
    admin.describeConfigs(of: .broker(2)) { found = (try? $0.get()) ?? [] }
    #expect(world.run(upTo: .seconds(5)) { !found.isEmpty })
    #expect(found[0].name == "log.retention.ms")
    #expect(found[0].source == .staticBroker)
  }

  @Test func `Groups are listed by all brokers, and described by their coordinators`() throws {
    for (broker, groups) in [(broker, ["b"]), (other, ["c", "a"])] {
      broker.on(DescribeClusterRequest.self) { [cluster] _, answer in
        var response = DescribeClusterResponse()
        response.brokers = cluster.brokers.map { broker in
          var entry = DescribeClusterResponse.DescribeClusterBroker()
          entry.brokerId = broker.id.value
          entry.host = broker.address.host
          entry.port = broker.address.port
          return entry
        }
        answer(response)
      }
      broker.on(ListGroupsRequest.self) { _, answer in
        var response = ListGroupsResponse()
        response.groups = groups.map { id in
          var group = ListGroupsResponse.ListedGroup()
          group.groupId = id
          group.groupState = "Empty"
          group.groupType = "Classic"
          return group
        }
        answer(response)
      }
    }
    var listed: [GroupListing] = []
    admin.listGroups { listed = (try? $0.get()) ?? [] }
    #expect(world.run(upTo: .seconds(5)) { !listed.isEmpty })
    #expect(listed.map(\.id) == ["a", "b", "c"])
    #expect(listed.map(\.type) == ["Classic", "Classic", "Classic"])
  }

  @Test func `A classic group is described as such, and a group with members is not deleted`() throws {
    serveCoordinator()
    other.on(ConsumerGroupDescribeRequest.self) { request, answer in
      var group = ConsumerGroupDescribeResponse.DescribedGroup()
      group.groupId = request.groupIds[0]
      group.errorCode = .groupIdNotFound
      var response = ConsumerGroupDescribeResponse()
      response.groups = [group]
      answer(response)
    }
    other.on(DescribeGroupsRequest.self) { request, answer in
      var member = DescribeGroupsResponse.DescribedGroupMember()
      member.memberId = "m"
      member.memberAssignment = ConsumerProtocol.encode(ConsumerProtocolAssignment([TopicPartition("t", 2), TopicPartition("t", 1)]))
      var group = DescribeGroupsResponse.DescribedGroup()
      group.groupId = request.groups[0]
      group.groupState = "Stable"
      group.protocolData = "range"
      group.members = [member]
      var response = DescribeGroupsResponse()
      response.groups = [group]
      answer(response)
    }
    other.on(DeleteGroupsRequest.self) { request, answer in
      var result = DeleteGroupsResponse.DeletableGroupResult()
      result.groupId = request.groupsNames[0]
      result.errorCode = .nonEmptyGroup
      var response = DeleteGroupsResponse()
      response.results = [result]
      answer(response)
    }
    var described: Result<GroupDescription, AdminError>?, deleted: Result<Void, AdminError>?
    admin.describeGroups(["g"]) { described = $0[0].result }
    admin.deleteGroups(["g"]) { deleted = $0[0].result }
    #expect(world.run(upTo: .seconds(5)) { described != nil && deleted != nil })
    let group = try #require(try described?.get())
    #expect((group.isClassic, group.state, group.assignor) == (true, "Stable", "range"))
    #expect(group.members.map(\.assignment) == [[TopicPartition("t", 1), TopicPartition("t", 2)]])
    #expect(throws: AdminError.refused(.nonEmptyGroup, message: nil)) { try deleted?.get() }
  }

  @Test func `Offsets of a group are read, set and deleted at its coordinator`() throws {
    serveCoordinator()
    var offsets: [Int32: Int64] = [0: 7]
    other.on(OffsetFetchRequest.self) { request, answer in
      #expect(request.groups.map(\.groupId) == ["g"] && request.groups[0].topics == nil)
      var topic = OffsetFetchResponse.OffsetFetchResponseTopics()
      topic.name = "t"
      topic.partitions = offsets.sorted { $0.key < $1.key }.map { number, offset in
        var partition = OffsetFetchResponse.OffsetFetchResponsePartitions()
        partition.partitionIndex = number
        partition.committedOffset = offset
        return partition
      }
      var group = OffsetFetchResponse.OffsetFetchResponseGroup()
      group.groupId = "g"
      group.topics = [topic]
      var response = OffsetFetchResponse()
      response.groups = [group]
      answer(response)
    }
    other.on(OffsetCommitRequest.self) { request, answer in
      #expect((request.generationIdOrMemberEpoch, request.memberId) == (-1, ""))
      var response = OffsetCommitResponse()
      response.topics = request.topics.map { topic in
        var entry = OffsetCommitResponse.OffsetCommitResponseTopic()
        entry.name = topic.name
        entry.partitions = topic.partitions.map { partition in
          offsets[partition.partitionIndex] = partition.committedOffset
          var answer = OffsetCommitResponse.OffsetCommitResponsePartition()
          answer.partitionIndex = partition.partitionIndex
          return answer
        }
        return entry
      }
      answer(response)
    }
    other.on(OffsetDeleteRequest.self) { request, answer in
      var partition = OffsetDeleteResponse.OffsetDeleteResponsePartition()
      partition.partitionIndex = request.topics[0].partitions[0].partitionIndex
      partition.errorCode = .groupSubscribedToTopic
      var topic = OffsetDeleteResponse.OffsetDeleteResponseTopic()
      topic.name = "t"
      topic.partitions = [partition]
      var response = OffsetDeleteResponse()
      response.topics = [topic]
      answer(response)
    }
    var isSet = false
    admin.alterGroupOffsets("g", [(TopicPartition("t", 1), CommittedOffset(9))]) { isSet = (try? $0[0].result.get()) != nil }
    #expect(world.run(upTo: .seconds(5)) { isSet })
    var read: [(partition: TopicPartition, offset: CommittedOffset)] = []
    admin.listGroupOffsets("g") { read = (try? $0.get()) ?? [] }
    #expect(world.run(upTo: .seconds(5)) { !read.isEmpty })
    #expect(read.map(\.partition) == [TopicPartition("t", 0), TopicPartition("t", 1)])
    #expect(read.map(\.offset.offset) == [7, 9])
    var deleted: Result<Void, AdminError>?
    admin.deleteGroupOffsets("g", of: [TopicPartition("t", 0)]) { deleted = $0[0].result }
    #expect(world.run(upTo: .seconds(5)) { deleted != nil })
    #expect(throws: AdminError.refused(.groupSubscribedToTopic, message: nil)) { try deleted?.get() }
  }

  /// Broker 2 coordinates every group; broker 1 loads at first.
  private func serveCoordinator() {
    var asked = 0
    for broker in [broker, other] {
      broker.on(FindCoordinatorRequest.self) { request, answer in
        asked += 1
        var entry = FindCoordinatorResponse.Coordinator()
        entry.key = request.coordinatorKeys[0]
        entry.nodeId = 2
        entry.errorCode = asked == 1 ? .coordinatorNotAvailable : .none
        var response = FindCoordinatorResponse()
        response.coordinators = [entry]
        answer(response)
      }
    }
  }

  @Test func `Changes of configurations name their operations`() {
    broker.on(IncrementalAlterConfigsRequest.self) { request, answer in
      #expect(request.resources[0].configs.map(\.configOperation) == [0, 1])
      var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
      result.errorCode = .invalidConfig
      result.errorMessage = "no"
      var response = IncrementalAlterConfigsResponse()
      response.responses = [result]
      answer(response)
    }
    var result: Result<Void, AdminError>?
    admin.incrementalAlterConfigs(of: .topic("t"), [ConfigChange("retention.ms", .set, "1"), ConfigChange("cleanup.policy", .delete)]) { result = $0 }
    #expect(world.run { result != nil })
    guard case .failure(.refused(.invalidConfig, "no")) = result else {
      Issue.record("\(String(describing: result))")
      return
    }
  }
}
