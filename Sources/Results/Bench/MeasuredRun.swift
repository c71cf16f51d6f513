import Measurement

/// A run that has metrics, with everything else in its result.
@dynamicMemberLookup
public struct MeasuredRun: Sendable, Equatable {
  /// The run without its metrics, which are stored beside it.
  private var rest: RunResult
  public var metrics: Metrics
  /// How the rate of this run was found, if there was a search.
  public var search: StoredSearch?

  /// - Parameter run: its own metrics are ignored.
  public init(_ run: RunResult, metrics: Metrics, search: StoredSearch? = nil) {
    rest = run
    rest.metrics = nil
    self.metrics = metrics
    self.search = search
  }

  /// The same run as a `RunResult`.
  public var result: RunResult {
    var result = rest
    result.metrics = metrics
    return result
  }

  public subscript<Value>(dynamicMember path: WritableKeyPath<RunResult, Value>) -> Value {
    get { rest[keyPath: path] }
    set { rest[keyPath: path] = newValue }
  }
}

extension MeasuredRun: Codable {
  private enum CodingKeys: String, CodingKey { case result, search }

  public func encode(to encoder: any Encoder) throws {
    var run = encoder.container(keyedBy: CodingKeys.self)
    try run.encode(result, forKey: .result)
    try run.encodeIfPresent(search, forKey: .search)
  }

  /// Throws if the run was not measured.
  public init(from decoder: any Decoder) throws {
    let run = try decoder.container(keyedBy: CodingKeys.self)
    let result = try run.decode(RunResult.self, forKey: .result)
    guard let metrics = result.metrics else {
      throw DecodingError.dataCorruptedError(forKey: .result, in: run, debugDescription: "a run of a benchmark has metrics")
    }
    self.init(result, metrics: metrics, search: try run.decodeIfPresent(StoredSearch.self, forKey: .search))
  }
}
