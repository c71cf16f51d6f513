import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Fetch, of consumers and of followers alike: the replica manager waits, reads, keeps sessions and answers.
  func handleFetch(_ incoming: IncomingRequest) {
    roomForFetches.use(for: incoming.version) { request in
      if incoming.decodeOrClose(over: &request) { replicaManager.fetch(request, for: incoming) }
    }
  }
}
