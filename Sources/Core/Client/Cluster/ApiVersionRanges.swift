import Wire

/// Which versions of each API a broker speaks, as its ApiVersions response says.
struct ApiVersionRanges {
  private var ranges: [Int16: ClosedRange<Int16>] = [:]

  init() {}

  init(_ response: ApiVersionsResponse) {
    for api in response.apiKeys where api.minVersion <= api.maxVersion {
      ranges[api.apiKey] = api.minVersion...api.maxVersion
    }
  }

  /// The newest version that both sides know and that is not above `limit`; nil where there is none.
  func newest<Request: ApiRequest>(of request: Request.Type, atMost limit: Int16) -> Int16? {
    guard let range = ranges[Request.apiKey.rawValue] else { return nil }
    let ours = Request.validVersions
    let newest = min(range.upperBound, ours.upperBound, limit)
    return newest >= max(range.lowerBound, ours.lowerBound) ? newest : nil
  }
}
