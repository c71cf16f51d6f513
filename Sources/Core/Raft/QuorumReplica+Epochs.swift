import Host
import Primitives
import Transport
import Wire

// How a leader announces its epoch to the voters, checks that they are still there, and ends the epoch.

extension QuorumReplica {
  /// Announces the leader to voters that do not fetch, and resigns when too few voters are heard from (KAFKA-15489).
  func watchVoters(_ leading: QuorumLeader) {
    guard leaderTimer == nil, voters.contains(where: { $0.key != replica && $0.id != replica.id }) else { return }
    announce(leading, to: leading.silentVoters(since: .init(nanoseconds: .max)))
    scheduleWatch(leading)
  }

  private func scheduleWatch(_ leading: QuorumLeader) {
    leaderTimer = reactor.after(configuration.fetchTimeout / 2) { [unowned self, unowned leading] in
      guard isLeader, !hasFailed else { return }
      let now = reactor.now
      // A leader that is no voter does not count itself.
      let lost = leading.silentVoters(since: now - configuration.fetchTimeout * 3 / 2).count
      let heard = voters.count - lost
      if configuration.switches.checkQuorum, heard < voters.majority { return stepDown(leading, .majorityLost) }
      announce(leading, to: leading.silentVoters(since: now - configuration.fetchTimeout / 2))
      scheduleWatch(leading)
    }
  }

  private func announce(_ leading: QuorumLeader, to silent: [ReplicaKey]) {
    for voter in voters where silent.contains(voter.key) {
      var partition = BeginQuorumEpochRequest.PartitionData()
      partition.leaderId = leading.id.value
      partition.leaderEpoch = leading.epoch.value
      partition.voterDirectoryId = voter.key.directoryID
      var topic = BeginQuorumEpochRequest.TopicData()
      topic.topicName = Self.partition.topic
      topic.partitions = [partition]
      var request = BeginQuorumEpochRequest()
      request.clusterId = configuration.clusterID
      request.voterId = voter.id.value
      request.topics = [topic]
      if !hasStaticVoters { request.leaderEndpoints = ownListeners.map { .init(name: $0.name, $0.address) } }
      sender.send(request, to: voter.address, timeout: configuration.requestTimeout) { [weak self] result in
        guard let self, !self.hasFailed, case .success(let response) = result,
          let answer = response.topics.first?.partitions.first
        else { return }
        self.hear(ofLeader: answer.leaderId, inEpoch: answer.leaderEpoch, at: response.nodeEndpoints.address(of: answer.leaderId))
      }
    }
  }

  func handleBeginQuorumEpoch(_ request: BeginQuorumEpochRequest) -> BeginQuorumEpochResponse {
    var response = BeginQuorumEpochResponse()
    guard isOwnCluster(request.clusterId), request.topics.count == 1, request.topics[0].topicName == Self.partition.topic,
      request.topics[0].partitions.count == 1, let begun = request.topics[0].partitions.first, begun.partitionIndex == 0
    else {
      response.errorCode = isOwnCluster(request.clusterId) ? .invalidRequest : .inconsistentClusterId
      return response
    }
    var partition = BeginQuorumEpochResponse.PartitionData()
    if !isMeant(request.voterId, begun.voterDirectoryId) {
      partition.errorCode = .invalidVoterKey
    } else if let error = refusal(ofVoter: begun.leaderId, inEpoch: begun.leaderEpoch) {
      mark(.formerLeaderRefused)
      partition.errorCode = error
    } else {
      follow(NodeID(begun.leaderId), in: LeaderEpoch(begun.leaderEpoch), at: request.leaderEndpoints.first { $0.name == VoterListener.defaultName }?.address)
    }
    partition.leaderId = (role.leader ?? .none).value
    partition.leaderEpoch = role.epoch.value
    var topic = BeginQuorumEpochResponse.TopicData()
    topic.topicName = Self.partition.topic
    topic.partitions = [partition]
    response.topics = [topic]
    response.nodeEndpoints = leaderEndpoints.map { .init($0.id, $0.address) }
    return response
  }

  /// Tells the voters that the leader stops, and prefers the successor with the longest log, so that no voter has to wait for a timeout.
  func endEpoch(_ leading: QuorumLeader) {
    var partition = EndQuorumEpochRequest.PartitionData()
    partition.leaderId = leading.id.value
    partition.leaderEpoch = leading.epoch.value
    partition.preferredCandidates = leading.successors.map {
      var candidate = EndQuorumEpochRequest.ReplicaInfo()
      candidate.candidateId = $0.id.value
      candidate.candidateDirectoryId = $0.directoryID
      return candidate
    }
    var topic = EndQuorumEpochRequest.TopicData()
    topic.topicName = Self.partition.topic
    topic.partitions = [partition]
    for voter in voters.others(than: configuration.nodeID) {
      var request = EndQuorumEpochRequest()
      request.clusterId = configuration.clusterID
      request.topics = [topic]
      if !hasStaticVoters { request.leaderEndpoints = ownListeners.map { .init(name: $0.name, $0.address) } }
      sender.send(request, to: voter.address, timeout: configuration.requestTimeout) { _ in }
    }
  }

  func handleEndQuorumEpoch(_ request: EndQuorumEpochRequest) -> EndQuorumEpochResponse {
    var response = EndQuorumEpochResponse()
    guard isOwnCluster(request.clusterId), request.topics.count == 1, request.topics[0].topicName == Self.partition.topic,
      request.topics[0].partitions.count == 1, let ended = request.topics[0].partitions.first, ended.partitionIndex == 0
    else {
      response.errorCode = isOwnCluster(request.clusterId) ? .invalidRequest : .inconsistentClusterId
      return response
    }
    var partition = EndQuorumEpochResponse.PartitionData()
    if let error = refusal(ofVoter: ended.leaderId, inEpoch: ended.leaderEpoch) {
      partition.errorCode = error
    } else {
      follow(NodeID(ended.leaderId), in: LeaderEpoch(ended.leaderEpoch), at: request.leaderEndpoints.first { $0.name == VoterListener.defaultName }?.address)
      if case .follower(_, NodeID(ended.leaderId)) = role, mayStand {
        mark(.leaderEndedItsEpoch)
        loseLeader()
        fetchNumber += 1
        let rank = ended.preferredCandidates.firstIndex { ReplicaKey(id: NodeID($0.candidateId), directory: $0.candidateDirectoryId).matches(replica) } ?? voters.count
        awaitLeader(configuration.retryBackoff * Int64(1 << min(rank, 6)))
      }
    }
    partition.leaderId = (role.leader ?? .none).value
    partition.leaderEpoch = role.epoch.value
    var topic = EndQuorumEpochResponse.TopicData()
    topic.topicName = Self.partition.topic
    topic.partitions = [partition]
    response.topics = [topic]
    response.nodeEndpoints = leaderEndpoints.map { .init($0.id, $0.address) }
    return response
  }
}
