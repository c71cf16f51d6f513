import Host
import Primitives
import Transport
import Wire

// A leader changes the voters of a dynamic quorum on request, one voter at a time (KIP-853: `AddVoterHandler`, `RemoveVoterHandler`, `UpdateVoterHandler`).

extension QuorumReplica {
  /// Adds a voter: it must be there, support the kraft.version, and have followed this leader up to the end of its log.
  public func handleAddVoter(_ request: AddRaftVoterRequest, reply: @escaping (AddRaftVoterResponse) -> Void) {
    func answer(_ error: ErrorCode, _ message: String?) {
      var response = AddRaftVoterResponse()
      (response.errorCode, response.errorMessage) = (error, message)
      reply(response)
    }
    guard isOwnCluster(request.clusterId) else { return answer(.inconsistentClusterId, wrongCluster(request.clusterId)) }
    guard let leading, !hasFailed else { return answer(.notLeaderOrFollower, nil) }
    guard let key = ReplicaKey(request.voterId, request.voterDirectoryId) else { return answer(.invalidRequest, "the request names no voter with its directory") }
    let listeners = request.listeners.map { VoterListener(name: $0.name, address: $0.address) }
    guard let voter = Voter(key, listeners: listeners), listeners.contains(where: { $0.name == VoterListener.defaultName }) else {
      return answer(.invalidRequest, "the request names no listener \(VoterListener.defaultName) of the voter")
    }
    if let (error, message) = objection(toChanging: leading) { return answer(error, message) }
    guard !voters.contains(key.id) else { return answer(.duplicateVoter, "node \(key.id) is a voter already; the voters are \(voters.words)") }
    let change = VoterChange(key, answersWhenCommitted: request.ackWhenCommitted, answer)
    begin(change, leading)
    sender.send(ApiVersionsRequest(), to: voter.address, timeout: configuration.requestTimeout) { [weak self, weak leading] result in
      guard let self, let leading, leading.change === change, change.lastOffset == nil else { return }
      let error: String
      switch result {
      case .failure(let failure): error = "\(failure)"
      case .success(let response) where response.errorCode != .none: error = "\(response.errorCode)"
      case .success(let response): return self.add(voter, whichSupports: response.supportedKRaftVersions, change, leading)
      }
      self.end(change, leading, .requestTimedOut, "node \(key.id) at \(voter.address) did not say which versions it supports: \(error)")
    }
  }

  private func add(_ voter: Voter, whichSupports versions: ClosedRange<Int16>, _ change: VoterChange, _ leading: QuorumLeader) {
    guard versions.contains(kraftVersion) else {
      return end(
        change, leading, .invalidRequest,
        "node \(voter.id) supports kraft.version \(versions.lowerBound) to \(versions.upperBound), and \(kraftVersion) is in force")
    }
    guard leading.hasCaughtUp(voter.key, at: reactor.wallClock) else {
      return end(change, leading, .requestTimedOut, "node \(voter.key) has not caught up with the leader's log")
    }
    var voter = voter
    voter.kraftVersions = versions
    guard let changed = voters.adding(voter) else { return end(change, leading, .duplicateVoter, "node \(voter.id) is a voter already") }
    append(changed, for: change, leading)
  }

  /// Removes a voter, which may be the leader itself: it leads on until the record is committed, and then resigns.
  public func handleRemoveVoter(_ request: RemoveRaftVoterRequest, reply: @escaping (RemoveRaftVoterResponse) -> Void) {
    func answer(_ error: ErrorCode, _ message: String?) {
      var response = RemoveRaftVoterResponse()
      (response.errorCode, response.errorMessage) = (error, message)
      reply(response)
    }
    guard isOwnCluster(request.clusterId) else { return answer(.inconsistentClusterId, wrongCluster(request.clusterId)) }
    guard let leading, !hasFailed else { return answer(.notLeaderOrFollower, nil) }
    guard let key = ReplicaKey(request.voterId, request.voterDirectoryId) else { return answer(.invalidRequest, "the request names no voter with its directory") }
    if let (error, message) = objection(toChanging: leading) { return answer(error, message) }
    guard let changed = voters.removing(key) else {
      return answer(.voterNotFound, "node \(key) cannot be removed from the voters \(voters.words)")
    }
    let change = VoterChange(key, answer)
    begin(change, leading)
    append(changed, for: change, leading)
  }

  /// Takes up where a voter listens and which versions it supports.
  func handleUpdateVoter(_ request: UpdateRaftVoterRequest) -> UpdateRaftVoterResponse {
    var response = UpdateRaftVoterResponse()
    response.errorCode = update(request)
    (response.currentLeader.leaderId, response.currentLeader.leaderEpoch) = ((role.leader ?? .none).value, epoch.value)
    if let leader { (response.currentLeader.host, response.currentLeader.port) = (leader.address.host, leader.address.port) }
    return response
  }

  private func update(_ request: UpdateRaftVoterRequest) -> ErrorCode {
    guard isOwnCluster(request.clusterId) else { return .inconsistentClusterId }
    if let error = refusal(ofEpoch: request.currentLeaderEpoch) { return error }
    guard let leading, !hasFailed else { return .notLeaderOrFollower }
    let versions = request.kRaftVersionFeature, listeners = request.listeners.map { VoterListener(name: $0.name, address: $0.address) }
    guard let key = ReplicaKey(request.voterId, request.voterDirectoryId), var voter = Voter(key, listeners: listeners),
      listeners.contains(where: { $0.name == VoterListener.defaultName }),
      versions.minSupportedVersion >= 0, versions.maxSupportedVersion >= versions.minSupportedVersion
    else { return .invalidRequest }
    voter.kraftVersions = versions.minSupportedVersion...versions.maxSupportedVersion
    if let (error, _) = objection(toAnyChange: leading) { return error }
    guard voter.kraftVersions.contains(kraftVersion) else { return .invalidRequest }
    if kraftVersion == 0 {
      guard let described = leading.describedVoters else { return .unsupportedVersion }
      guard let changed = described.describing(voter) else { return .voterNotFound }
      leading.describedVoters = changed
      leading.updateContact(of: key, at: reactor.now)
      return .none
    }
    guard let changed = voters.updating(voter) else { return .voterNotFound }
    leading.updateContact(of: key, at: reactor.now)
    return append(changed, leading) == nil ? .kafkaStorageError : .none
  }

  // MARK: One change at a time

  /// Why a leader does not add or remove a voter now; nil where it may.
  private func objection(toChanging leading: QuorumLeader) -> (ErrorCode, String)? {
    if let objection = objection(toAnyChange: leading) { return objection }
    return kraftVersion >= 1 ? nil : (.unsupportedVersion, "the voters cannot be changed, because kraft.version is \(kraftVersion)")
  }

  /// Why a leader does not take up anything about its voters now; nil where it does.
  private func objection(toAnyChange leading: QuorumLeader) -> (ErrorCode, String)? {
    if leading.change != nil { return (.requestTimedOut, "another change of the voters is pending") }
    if configuration.switches.requireHighWatermarkInEpoch, !leading.isAnnounced {
      return (.requestTimedOut, "the leader has not committed anything in its epoch \(leading.epoch): an earlier change of the voters may still be committed")
    }
    if configuration.switches.pendingChangeFromLog, let offset = voterSetOffset, offset >= highWatermark {
      return (.requestTimedOut, "the voters at offset \(offset) are not committed yet: the high watermark is \(highWatermark)")
    }
    return nil
  }

  private func begin(_ change: VoterChange, _ leading: QuorumLeader) {
    leading.change = change
    change.timer = reactor.after(configuration.requestTimeout) { [unowned self, weak leading] in
      change.timer = nil
      guard let leading, leading.change === change else { return }
      end(change, leading, .requestTimedOut, "the change of the voters was not committed in time")
    }
  }

  private func append(_ voters: VoterSet, for change: VoterChange, _ leading: QuorumLeader) {
    guard let offset = append(voters, leading) else { return end(change, leading, .kafkaStorageError, nil) }
    change.appended(at: offset)
  }

  private func append(_ voters: VoterSet, _ leading: QuorumLeader) -> Offset? {
    mustHold(
      leading.isAnnounced && (voterSetOffset ?? -1) < highWatermark && voters.overlaps(self.voters),
      "\(words): voters \(voters.map(\.id)) are to follow \(self.voters.map(\.id)), which stand at offset \(voterSetOffset ?? -1), and what is below \(highWatermark) is committed")
    return append([.voters(voters)], leading)
  }

  func append(_ records: [QuorumRecord], _ leading: QuorumLeader) -> Offset? {
    do {
      return appendControl(try records.map { try $0.record }, leading)
    } catch {
      fail("the voters cannot be written: \(error)")
      return nil
    }
  }

  /// The change is over, one way or another. What is in the log stays there.
  func end(_ change: VoterChange, _ leading: QuorumLeader, _ error: ErrorCode, _ message: String?) {
    reactor.cancel(change.timer)
    change.timer = nil
    if leading.change === change { leading.change = nil }
    change.reply(error, message)
  }

  /// More is committed than before, perhaps the last change.
  func finishVoterChange(_ leading: QuorumLeader) {
    if let change = leading.change, let offset = change.lastOffset, highWatermark > offset { end(change, leading, .none, nil) }
    guard isLeader, !isVoter, let offset = voterSetOffset, highWatermark > offset else { return }
    endEpoch(leading)
    stepDown(leading, .removed)
  }

  private func wrongCluster(_ id: String?) -> String { "the request is for cluster \(id ?? ""), and this one is \(configuration.clusterID)" }
}

extension ReplicaKey {
  /// Nil where a request names no node, or no directory.
  fileprivate init?(_ id: Int32, _ directory: Uuid) {
    guard id >= 0, directory != .zero else { return nil }
    self.init(id: NodeID(id), directory: directory)
  }
}

extension VoterSet {
  fileprivate var words: String { "[" + map { "\($0.key)" }.joined(separator: ", ") + "]" }
}

extension ApiVersionsResponse {
  /// 0 alone where the node does not know the feature.
  fileprivate var supportedKRaftVersions: ClosedRange<Int16> {
    guard let feature = supportedFeatures.first(where: { $0.name == KRaftVersion.featureName }), feature.minVersion <= feature.maxVersion else { return 0...0 }
    return feature.minVersion...feature.maxVersion
  }
}

extension QuorumLeader {
  /// Whether an observer is near enough to be a voter: it was once at the end of this leader's log, and fetched within the last hour
  /// (`LeaderState.isReplicaCaughtUp`).
  func hasCaughtUp(_ key: ReplicaKey, at now: Timestamp) -> Bool {
    guard let replica = state(of: key), !replica.isVoter, replica.lastCaughtUp != .none else { return false }
    return now - replica.lastFetch < .seconds(3_600)
  }
}
