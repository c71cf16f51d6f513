import Transport
import Wire

extension QuorumReplica {
  /// What other replicas of the metadata log ask a voter for.
  public static let apis: [ApiKey] = [.fetch]

  /// Answers a request of another replica. False where it is none; then it is still to be answered.
  public func handle(_ request: IncomingRequest) -> Bool {
    do {
      switch request.apiKey {
      case .fetch: handleFetch(try request.decode()) { request.respond($0) }
      default: return false
      }
    } catch {
      request.closeConnection()
    }
    return true
  }
}
