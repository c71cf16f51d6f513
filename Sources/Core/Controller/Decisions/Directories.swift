import Coordination
import Primitives
import Wire

extension ControllerState {
  /// Handles a broker's report of which log directories hold its replicas (KIP-858).
  public func assignReplicasToDirectories(_ request: AssignReplicasToDirsRequest) -> MetadataDecision<AssignReplicasToDirsResponse> {
    var decision = MetadataDecision([], AssignReplicasToDirsResponse())
    do throws(Refusal) {
      try checkBrokerEpoch(request.brokerId, request.brokerEpoch)
    } catch {
      decision.response.errorCode = error.code
      return decision
    }
    let broker = NodeID(request.brokerId)
    for directory in request.directories {
      var answered = AssignReplicasToDirsResponse.DirectoryData()
      answered.id = directory.id
      answered.topics = directory.topics.map { topic in
        var answeredTopic = AssignReplicasToDirsResponse.TopicData()
        answeredTopic.topicId = topic.topicId
        answeredTopic.partitions = topic.partitions.map { partition in
          var answer = AssignReplicasToDirsResponse.PartitionData()
          answer.partitionIndex = partition.partitionIndex
          do throws(Refusal) {
            if let record = try assign(TopicIDPartition(topic.topicId, partition.partitionIndex), of: broker, to: directory.id) {
              decision.records.append(.partitionChange(record))
            }
          } catch {
            answer.errorCode = error.code
          }
          return answer
        }
        return answeredTopic
      }
      decision.response.directories.append(answered)
    }
    return decision
  }

  private func assign(_ id: TopicIDPartition, of broker: NodeID, to directory: Uuid) throws(Refusal) -> PartitionChangeRecord? {
    guard image.topic(id.topic) != nil else { throw Refusal(.unknownTopicId) }
    guard let partition = image.partition(id) else { throw Refusal(.unknownTopicOrPartition) }
    guard let index = partition.replicas.firstIndex(of: broker) else { throw Refusal(.notLeaderOrFollower) }
    guard partition.directories[index] != directory else { return nil }
    var record = PartitionChangeRecord()
    record.topicId = id.topic
    record.partitionId = id.partition
    var directories = partition.directories
    directories[index] = directory
    record.directories = directories
    return record
  }

  /// Handles failed directories of a broker: its replicas there leave their ISRs, although the broker itself continues.
  func takeOffline(_ offline: [Uuid], of broker: BrokerRegistration) -> [MetadataRecord] {
    let newlyOffline = broker.logDirectories.filter(offline.contains)
    guard !newlyOffline.isEmpty else { return [] }
    mark(.logDirectoryFailed)
    var record = BrokerRegistrationChangeRecord(broker)
    record.logDirs = broker.logDirectories.filter { !offline.contains($0) }
    let updates = leaderAndISRUpdates(BrokerChange(removed: [broker.id])) { partition in
      partition.isr.contains(broker.id) && partition.directory(of: broker.id).map(newlyOffline.contains) == true
    }
    return [.brokerRegistrationChange(record)] + updates
  }
}
