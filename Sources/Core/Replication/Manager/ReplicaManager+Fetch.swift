import Wire

extension ReplicaManager {
  /// Serves a fetch of a follower or a consumer, at once or when there is enough for a response.
  ///
  /// The response is complete except for throttling: sessions (KIP-227), errors of single partitions, aborted transactions, hints about other
  /// leaders. It identifies topics as the request does.
  public func fetch(_ request: FetchRequest, version: Int16, completion: @escaping (FetchResponse) -> Void) {
    let parameters = FetchParameters(request, version: version, maximumBytes: configuration.fetchMaxBytes)
    let session: FetchSessionContext
    do {
      session = try resolve(request, parameters)
    } catch {
      var response = FetchResponse()
      response.errorCode = error
      return completion(response)
    }
    let fetch = makeFetch(parameters, session, completion: completion)
    fetch.read(updatingFollower: true)
    if fetch.isSatisfied {
      fetch.answer()
    } else {
      fetchDeadlines.insert(fetch, after: fetch.parameters.maxWait)
      fetch.wait(as: takeFetchNumber())
    }
    wakeWaitingRequests()
  }
}
