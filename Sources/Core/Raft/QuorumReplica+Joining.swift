import Host
import Primitives
import Transport
import Wire

// What a follower asks its leader for by itself, in the place of a fetch, where the voters can be changed or will be (`KafkaRaftClient.pollFollowerAsVoter`,
// `pollFollowerAsObserver`).

extension QuorumReplica {
  /// Asks the leader for what is due: a voter that has moved, or supports other versions, tells it; an observer that joins by itself asks to be a voter, and
  /// before that, that the voter of its id with another directory is removed (KIP-1186). False where a fetch is due.
  func askForMembership(_ leader: Address) -> Bool {
    guard !hasStaticVoters, reactor.now >= membershipDue, let own = Voter(replica, listeners: ownListeners) else { return false }
    if isVoter {
      // With kraft.version 0 each leader has to be told: it keeps that in memory, for an upgrade.
      guard kraftVersion >= 1 ? voters.isOutdated(about: own) : !hasDescribedItself else { return false }
      ask(leader, update(own)) { [unowned self] response in
        let told = response.currentLeader
        let address = told.host.isEmpty ? nil : Address(host: told.host, port: told.port)
        if hear(ofLeader: told.leaderId, inEpoch: told.leaderEpoch, at: address) { return }
        if response.errorCode == .none || response.errorCode == .unsupportedVersion {
          hasDescribedItself = true
          updateLeaderContact()
        }
        fetch()
      }
      return true
    }
    guard configuration.autoJoin, kraftVersion >= 1 else { return false }
    if let former = voters.voter(own.id) {
      var request = RemoveRaftVoterRequest()
      request.clusterId = configuration.clusterID
      (request.voterId, request.voterDirectoryId) = (former.id.value, former.key.directoryID)
      ask(leader, request) { [unowned self] _ in fetch() }
    } else {
      var request = AddRaftVoterRequest()
      request.clusterId = configuration.clusterID
      request.timeoutMs = Int32(clamping: configuration.requestTimeout.milliseconds)
      (request.voterId, request.voterDirectoryId) = (own.id.value, own.key.directoryID)
      request.listeners = own.listeners.map { .init(name: $0.name, $0.address) }
      // This replica does not fetch until it has the answer, and without its fetches the change might not be committed.
      request.ackWhenCommitted = false
      ask(leader, request) { [unowned self] _ in fetch() }
    }
    return true
  }

  /// After some rounds of fetches the next question is due (`FollowerState.updateVoterPeriodMs`).
  func postponeMembership() { membershipDue = reactor.now + configuration.fetchTimeout }

  private func update(_ own: Voter) -> UpdateRaftVoterRequest {
    var request = UpdateRaftVoterRequest()
    request.clusterId = configuration.clusterID
    request.currentLeaderEpoch = epoch.value
    (request.voterId, request.voterDirectoryId) = (own.id.value, own.key.directoryID)
    request.listeners = own.listeners.map { .init(name: $0.name, $0.address) }
    (request.kRaftVersionFeature.minSupportedVersion, request.kRaftVersionFeature.maxSupportedVersion) = (own.kraftVersions.lowerBound, own.kraftVersions.upperBound)
    return request
  }

  private func ask<Request: ApiRequest>(_ leader: Address, _ request: Request, _ take: @escaping (Request.Response) -> Void) {
    postponeMembership()
    fetchNumber += 1
    let number = fetchNumber
    sender.send(request, to: leader, timeout: configuration.requestTimeout) { [weak self] result in
      guard let self, number == self.fetchNumber, !self.hasFailed, self.role.fetches else { return }
      switch result {
      case .success(let response): take(response)
      case .failure: self.retryElsewhere()
      }
    }
  }
}
