import Transport
import Wire

extension QuorumReplica {
  /// What other replicas of the metadata log ask a voter for.
  public static let apis: [ApiKey] = [.fetch, .vote, .beginQuorumEpoch, .endQuorumEpoch, .fetchSnapshot]

  /// Answers a request from another replica. False if it is not one, and the caller still has to answer it.
  public func handle(_ request: IncomingRequest) -> Bool {
    do {
      switch request.apiKey {
      case .fetch: handleFetch(try request.decode()) { request.respond($0) }
      case .vote: handleVote(try request.decode()) { request.respond($0) }
      case .beginQuorumEpoch: request.respond(handleBeginQuorumEpoch(try request.decode()))
      case .endQuorumEpoch: request.respond(handleEndQuorumEpoch(try request.decode()))
      case .fetchSnapshot: request.respond(handleFetchSnapshot(try request.decode(), version: request.header.requestApiVersion))
      default: return false
      }
    } catch {
      request.closeConnection()
    }
    return true
  }
}
