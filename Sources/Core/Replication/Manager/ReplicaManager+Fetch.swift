import Primitives
import Wire

extension ReplicaManager {
  /// Serves a fetch of a follower or a consumer, at once or when there is enough for a response.
  ///
  /// The answer is complete apart from throttling: sessions (KIP-227), errors of single partitions, aborted transactions, hints at other
  /// leaders. Topics are named as the request names them.
  public func fetch(_ request: borrowing FetchRequest, for client: any FetchAnswering) {
    let parameters = FetchParameters(request, version: client.version, maximumBytes: configuration.fetchMaxBytes)
    let session: FetchSessionContext
    do {
      session = try resolve(request, parameters)
    } catch {
      return client.respond { (room) throws(WireError) in
        var response = FetchResponse()
        response.errorCode = error
        let writer = try FetchResponseWriter(response, version: client.version, correlationID: client.correlationID, topicCount: 0, in: &room)
        return try writer.finish(nodeEndpoints: [])
      }
    }
    var fetch: Fetch
    if let spare = fetchDeadlines.takeSpare() {
      fetch = spare
      fetch.begin(parameters, session, client: client)
    } else {
      fetch = Fetch(parameters, session, manager: self, client: client)
    }
    fetch.read(updatingFollower: true)
    if fetch.isSatisfied {
      fetch.answer()
      fetchDeadlines.keep(&fetch)
    } else {
      fetchDeadlines.insert(fetch, after: fetch.parameters.maxWait)
      fetch.wait(as: takeFetchNumber())
    }
    wakeWaitingRequests()
  }
}
