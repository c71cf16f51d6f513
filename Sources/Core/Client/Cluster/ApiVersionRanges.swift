import Wire

/// The versions of each API that a broker supports, from its ApiVersions response.
struct ApiVersionRanges {
  private var ranges: [Int16: ClosedRange<Int16>] = [:]
  /// The finalized features of the cluster, as far as this broker knows.
  private(set) var features = FinalizedFeatures()

  init() {}

  init(_ response: ApiVersionsResponse) {
    for api in response.apiKeys where api.minVersion <= api.maxVersion {
      ranges[api.apiKey] = api.minVersion...api.maxVersion
    }
    features.epoch = response.finalizedFeaturesEpoch
    features.transactionVersion = response.finalizedFeatures.first { $0.name == "transaction.version" }?.maxVersionLevel ?? 0
  }

  /// The newest version that both sides support and that is not above `limit`; nil if there is none.
  func newest<Request: ApiRequest>(of request: Request.Type, atMost limit: Int16) -> Int16? {
    guard let range = ranges[Request.apiKey.rawValue] else { return nil }
    let ours = Request.validVersions
    let newest = min(range.upperBound, ours.upperBound, limit)
    return newest >= max(range.lowerBound, ours.lowerBound) ? newest : nil
  }
}

/// The features of a cluster that clients depend on (KIP-584).
struct FinalizedFeatures: Equatable {
  /// Grows with every change; -1 if no broker has reported any.
  var epoch: Int64 = -1
  var transactionVersion: Int16 = 0
}
