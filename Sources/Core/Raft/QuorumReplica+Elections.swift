import Host
import Primitives
import Transport
import Wire

extension QuorumReplica {
  // MARK: Role changes

  /// Follows a leader, or waits for one, in an epoch that is not lower than its own. A leader of which nobody knows where it listens cannot be followed. False
  /// if nothing changes.
  @discardableResult
  func follow(_ leader: NodeID?, in epoch: LeaderEpoch, at address: Address? = nil) -> Bool {
    let address = leader.flatMap { address ?? voters.address(of: $0) }
    let leader = address == nil ? nil : leader
    guard epoch > role.epoch || epoch == role.epoch && role.leader == nil && leader != nil, leader != configuration.nodeID else { return false }
    let former = leading
    if epoch > role.epoch { votedFor = nil }
    role = leader.map { .follower(epoch, leader: $0) } ?? .unattached(epoch)
    leaderAddress = address
    postponeMembership()
    hasDescribedItself = false
    hasFetchedFromLeader = false
    lastLeaderContact = reactor.now
    if let former {
      mark(.leaderHeardOfNewerEpoch)
      resign(former)
      requireEnd(of: former)
    }
    remember(QuorumState(leader: leader, epoch: epoch, votedFor: votedFor))
    listener?.leaderChanged(to: leader, epoch: epoch)
    if mayStand { awaitLeader() }
    fetch()
    return true
  }

  /// Forgets a leader that no longer responds, and looks for a node that knows the current one. The epoch stays.
  func loseLeader() {
    guard case .follower(let epoch, _) = role else { return }
    mark(.followerLostLeader)
    role = .unattached(epoch)
    listener?.leaderChanged(to: nil, epoch: epoch)
  }

  /// Gives up leadership, and waits until another leader is elected in a higher epoch.
  func stepDown(_ leading: QuorumLeader, _ reason: Occurrence.ResignationReason) {
    if reason == .majorityLost { mark(.leaderLostMajority) }
    role = .unattached(leading.epoch)
    lastLeaderContact = reactor.now
    reactor.host.report(.controllerResigned(configuration.nodeID, epoch: leading.epoch, reason: reason))
    mustHold(
      reason != .removed || (voterSetOffset ?? -1) < highWatermark,
      "\(words): it gives up epoch \(leading.epoch) for the voters at offset \(voterSetOffset ?? -1), and what is below \(highWatermark) is committed")
    resign(leading)
    requireEnd(of: leading)
    listener?.leaderChanged(to: nil, epoch: leading.epoch)
    if mayStand { awaitLeader() }
    fetch()
  }

  // MARK: Starting an election

  /// Waits to hear from the leader, and starts an election if it does not. There is one timer: when it runs, it checks the time of the leader's last
  /// contact.
  func awaitLeader(_ patience: Duration? = nil) {
    reactor.cancel(electionTimer)
    electionTimer = reactor.after(patience ?? self.patience()) { [unowned self] in
      electionTimer = nil
      guard !hasFailed, !isLeader, mayStand else { return }
      let limit = (isStoringSnapshot ? reactor.now : lastLeaderContact) + configuration.fetchTimeout
      if case .follower = role, limit > reactor.now { awaitLeader(limit - reactor.now) } else { ask() }
    }
  }

  /// Followers wait for the fetch timeout; all others for a random time, so that they do not stand at the same time (KAFKA-18345).
  private func patience() -> Duration {
    if case .follower = role { return configuration.fetchTimeout }
    if isStanding, !configuration.switches.randomWaitAfterLoss { return configuration.electionTimeout }
    return reactor.host.random.between(configuration.electionTimeout, configuration.electionTimeout * 2)
  }

  /// Whether it asks for votes.
  public var isStanding: Bool {
    switch role {
    case .prospective, .candidate: true
    case .unattached, .follower, .leader: false
    }
  }

  /// Asks whether the others would vote for this replica, or stands at once where they are not asked (KIP-996).
  private func ask() {
    let hadLeader = role.leader != nil
    let epoch = role.epoch
    let ballot = Ballot(of: replica, voters: voters)
    // A single voter has no other to ask.
    guard configuration.switches.preVote, !ballot.hasMajority else { return stand() }
    mark(.preVoteAsked)
    role = .prospective(epoch, ballot)
    fetchNumber += 1
    if hadLeader { listener?.leaderChanged(to: nil, epoch: epoch) }
    awaitLeader()
    requestVotes(isPreVote: true)
  }

  /// Raises the epoch, and asks for votes once its own vote is durable.
  func stand() {
    guard role.epoch < Self.highestEpoch else { return fail("leader epoch \(role.epoch) leaves no room for another election") }
    let epoch = role.epoch.next
    let hadLeader = role.leader != nil
    role = .candidate(epoch, Ballot(of: replica, voters: voters))
    votedFor = replica
    fetchNumber += 1
    if hadLeader { listener?.leaderChanged(to: nil, epoch: epoch) }
    if !voters.isOnlyVoter(replica) { awaitLeader() }
    remember(QuorumState(epoch: epoch, votedFor: replica)) { [unowned self] in
      guard case .candidate(epoch, let ballot) = role else {
        mark(.candidacyOvertaken)
        return
      }
      reportVote(for: replica.id, in: epoch)
      if ballot.hasMajority { return lead(epoch, grantedBy: ballot.granted) }
      requestVotes(isPreVote: false)
    }
  }

  private func requestVotes(isPreVote: Bool) {
    let epoch = role.epoch
    for voter in voters.others(than: configuration.nodeID) {
      var partition = VoteRequest.PartitionData()
      partition.replicaEpoch = epoch.value
      partition.replicaId = configuration.nodeID.value
      partition.replicaDirectoryId = replica.directoryID
      partition.voterDirectoryId = voter.key.directoryID
      partition.lastOffsetEpoch = latestEpoch.value
      partition.lastOffset = log.logEndOffset.value
      partition.preVote = isPreVote
      var topic = VoteRequest.TopicData()
      topic.topicName = Self.partition.topic
      topic.partitions = [partition]
      var request = VoteRequest()
      request.clusterId = configuration.clusterID
      request.voterId = voter.id.value
      request.topics = [topic]
      sender.send(request, to: voter.address, timeout: configuration.requestTimeout) { [weak self] result in
        guard let self, !self.hasFailed, case .success(let response) = result else { return }
        self.count(response, of: voter.id, in: epoch, isPreVote: isPreVote)
      }
    }
  }

  private func count(_ response: VoteResponse, of voter: NodeID, in epoch: LeaderEpoch, isPreVote: Bool) {
    guard response.errorCode == .none, let answer = response.topics.first?.partitions.first else { return }
    guard answer.voteGranted, role.epoch == epoch else {
      // A voter that refuses may know a leader, or a higher epoch. One that agrees names a leader that it does not hear from either.
      mark(.voteDenied)
      hear(ofLeader: answer.leaderId, inEpoch: answer.leaderEpoch, at: response.nodeEndpoints.address(of: answer.leaderId))
      return
    }
    mustHold(answer.leaderEpoch == epoch.value, "\(words): node \(voter) votes for it in epoch \(answer.leaderEpoch), and was asked in epoch \(epoch)")
    switch role {
    case .prospective(let current, var ballot) where isPreVote:
      requireVote(of: voter, askedIn: epoch, countsIn: current)
      ballot.grant(voter)
      role = .prospective(epoch, ballot)
      if ballot.hasMajority { stand() }
    case .candidate(let current, var ballot) where !isPreVote:
      requireVote(of: voter, askedIn: epoch, countsIn: current)
      ballot.grant(voter)
      role = .candidate(epoch, ballot)
      if ballot.hasMajority { lead(epoch, grantedBy: ballot.granted) }
    default: mark(.voteArrivedLate)
    }
  }

  // MARK: Voting

  /// Gives at most one vote per epoch, and only to a log that is not behind its own. The response waits until the vote is durable.
  ///
  /// A replica that is no voter of a dynamic quorum votes as well: the candidate may have a voter set of which it is one (KIP-853).
  func handleVote(_ request: VoteRequest, reply: @escaping (VoteResponse) -> Void) {
    guard isOwnCluster(request.clusterId), hasStaticVoters ? isVoter : configuration.canBecomeVoter, request.topics.count == 1, request.topics[0].topicName == Self.partition.topic,
      request.topics[0].partitions.count == 1, let wanted = request.topics[0].partitions.first, wanted.partitionIndex == 0
    else {
      var refusal = VoteResponse()
      refusal.errorCode = isOwnCluster(request.clusterId) ? .invalidRequest : .inconsistentClusterId
      return reply(refusal)
    }
    guard isMeant(request.voterId, wanted.voterDirectoryId) else { return reply(vote(granted: false, error: .invalidVoterKey)) }
    if let error = refusal(ofCandidate: wanted) {
      mark(.voteRequestRefused)
      return reply(vote(granted: false, error: error))
    }
    let epoch = LeaderEpoch(wanted.replicaEpoch), candidate = ReplicaKey(id: NodeID(wanted.replicaId), directory: wanted.replicaDirectoryId)
    follow(nil, in: epoch)
    guard isUpToDate(wanted) else {
      mark(.voteRefusedForStaleLog)
      return reply(vote(granted: false))
    }
    guard wanted.preVote ? wouldVote : mayVote(for: candidate) else {
      mark(.voteRefusedToSecond)
      return reply(vote(granted: false))
    }
    mustHold(
      wanted.lastOffsetEpoch > latestEpoch.value || wanted.lastOffsetEpoch == latestEpoch.value && wanted.lastOffset >= log.logEndOffset.value,
      "\(words): it votes for node \(candidate) with a log up to \(wanted.lastOffset) of epoch \(wanted.lastOffsetEpoch), and its own ends at \(log.logEndOffset) in epoch \(latestEpoch)")
    guard !wanted.preVote else { return reply(vote(granted: true)) }
    votedFor = candidate
    if case .prospective = role {
      mark(.prospectiveGaveWay)
      role = .unattached(epoch)
    }
    if mayStand { awaitLeader() }
    let state = QuorumState(epoch: epoch, votedFor: candidate)
    guard configuration.switches.syncVotes else {
      remember(state)
      reportVote(for: candidate.id, in: epoch)
      return reply(vote(granted: true))
    }
    remember(state) { [unowned self] in
      let isGranted = role.epoch == epoch && votedFor == candidate
      if isGranted { reportVote(for: candidate.id, in: epoch) }
      reply(vote(granted: isGranted))
    }
  }

  private func reportVote(for candidate: NodeID, in epoch: LeaderEpoch) {
    reactor.report(.voteGiven(Occurrence.MetadataVote(candidate: candidate, epoch: epoch, lastEpoch: latestEpoch, logEndOffset: log.logEndOffset)))
  }

  private func isUpToDate(_ wanted: VoteRequest.PartitionData) -> Bool {
    (wanted.lastOffsetEpoch, wanted.lastOffset) >= (latestEpoch.value, log.logEndOffset.value)
  }

  private func mayVote(for candidate: ReplicaKey) -> Bool {
    switch role {
    case .unattached, .prospective: votedFor?.matches(candidate) ?? true
    case .candidate, .leader, .follower: false
    }
  }

  /// Whether it would vote for another leader. A replica that hears from a leader would not; a follower that has not fetched yet cannot tell
  /// (KAFKA-16164).
  private var wouldVote: Bool {
    switch role {
    case .leader: false
    case .follower:
      hasFetchedFromLeader ? !configuration.switches.rejectPreVoteWhileFollowing : configuration.switches.grantPreVoteUntilFirstFetch
    case .unattached, .prospective, .candidate: true
    }
  }

  private func vote(granted: Bool, error: ErrorCode = .none) -> VoteResponse {
    var partition = VoteResponse.PartitionData()
    partition.errorCode = error
    partition.leaderId = (role.leader ?? .none).value
    partition.leaderEpoch = role.epoch.value
    partition.voteGranted = granted
    var topic = VoteResponse.TopicData()
    topic.topicName = Self.partition.topic
    topic.partitions = [partition]
    var response = VoteResponse()
    response.topics = [topic]
    response.nodeEndpoints = leaderEndpoints.map { .init($0.id, $0.address) }
    return response
  }

  /// Stores what this replica must not forget of elections.
  func remember(_ state: QuorumState, _ completion: @escaping () -> Void = {}) {
    requireMemory(of: state)
    store.write(kraftVersion == 0 ? state.content(voters: configuration.voters) : state.content, completion)
  }
}
