import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Fetch, of consumers and of followers alike: the replica manager waits, reads, keeps sessions and answers.
  func handleFetch(_ incoming: IncomingRequest) {
    var request = roomForFetches.take(for: incoming.version)
    defer { roomForFetches.giveBack(&request, version: incoming.version) }
    guard incoming.decodeOrClose(over: &request) else { return }
    replicaManager.fetch(request, for: incoming)
  }
}
