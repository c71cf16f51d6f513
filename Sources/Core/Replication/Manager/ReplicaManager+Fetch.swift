import Wire

extension ReplicaManager {
  /// Serves a fetch of a follower or a consumer, at once or when there is enough to answer with.
  ///
  /// The answer is complete apart from throttling: sessions (KIP-227), errors of single partitions, aborted transactions, hints at other
  /// leaders. Topics are named as the request names them.
  public func fetch(_ request: FetchRequest, version: Int16, completion: @escaping (FetchResponse) -> Void) {
    let parameters = FetchParameters(request, version: version, maximumBytes: configuration.fetchMaxBytes)
    let fetch: Fetch
    do {
      fetch = try resolve(request, parameters)
    } catch {
      var response = FetchResponse()
      response.errorCode = error
      return completion(response)
    }
    fetch.read(updatingFollower: true)
    if fetch.isSatisfied {
      completion(fetch.response())
    } else {
      let delayed = DelayedFetch(fetch, number: takeFetchNumber(), completion: completion)
      fetchDeadlines.insert(delayed, after: parameters.maxWait)
      delayed.wait()
    }
    wakeWaitingRequests()
  }
}
