import Transport
import Wire

extension QuorumReplica {
  /// What other replicas of the metadata log ask a voter for.
  public static let apis: [ApiKey] = [.fetch, .vote, .beginQuorumEpoch, .endQuorumEpoch, .fetchSnapshot]
  /// What a leader of a dynamic quorum is asked for besides, by replicas and operators (KIP-853).
  public static let apisOfDynamicQuorum: [ApiKey] = [.addRaftVoter, .removeRaftVoter, .updateRaftVoter]

  /// Answers a request from another replica. False if it is not one, and the caller still has to answer it.
  public func handle(_ request: IncomingRequest) -> Bool {
    do {
      switch request.apiKey {
      case .fetch: readFetch(request)
      case .vote: handleVote(try request.decode()) { request.respond($0) }
      case .beginQuorumEpoch: request.respond(handleBeginQuorumEpoch(try request.decode()))
      case .endQuorumEpoch: request.respond(handleEndQuorumEpoch(try request.decode()))
      case .fetchSnapshot: request.respond(handleFetchSnapshot(try request.decode(), version: request.header.requestApiVersion))
      case .addRaftVoter: handleAddVoter(try request.decode()) { request.respond($0) }
      case .removeRaftVoter: handleRemoveVoter(try request.decode()) { request.respond($0) }
      case .updateRaftVoter: request.respond(handleUpdateVoter(try request.decode()))
      default: return false
      }
    } catch {
      request.closeConnection()
    }
    return true
  }

  /// Most requests are fetches: each is read over the last one.
  private func readFetch(_ incoming: IncomingRequest) {
    roomForFetches.use(for: incoming.version) { request in
      guard (try? incoming.decode(over: &request)) != nil else { return incoming.closeConnection() }
      handleFetch(request) { incoming.respond($0) }
    }
  }
}
