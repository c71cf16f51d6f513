import Measurement
import Primitives

/// How often a client received an error for requests of one kind, or no response.
public struct ClientErrorCount: Sendable, Equatable {
  public var client: String
  /// Kafka's name of the API.
  public var api: String
  /// Kafka's name of the error, or what became of the requests.
  public var error: String
  public var count: Int
  /// When it first occurred, on the scenario's clock.
  public var first: Duration
  public var last: Duration

  public init(client: String, api: String, error: String, count: Int, first: Duration, last: Duration) {
    self.client = client
    self.api = api
    self.error = error
    self.count = count
    self.first = first
    self.last = last
  }
}

extension ClientErrorCount: Codable {
  private enum CodingKeys: String, CodingKey { case client, api, error, count, first, last }

  public func encode(to encoder: any Encoder) throws {
    var errors = encoder.container(keyedBy: CodingKeys.self)
    try errors.encode(client, forKey: .client)
    try errors.encode(api, forKey: .api)
    try errors.encode(error, forKey: .error)
    try errors.encode(count, forKey: .count)
    try errors.encode(first.seconds, forKey: .first)
    try errors.encode(last.seconds, forKey: .last)
  }

  public init(from decoder: any Decoder) throws {
    let errors = try decoder.container(keyedBy: CodingKeys.self)
    client = try errors.decode(String.self, forKey: .client)
    api = try errors.decode(String.self, forKey: .api)
    error = try errors.decode(String.self, forKey: .error)
    count = try errors.decode(Int.self, forKey: .count)
    first = Duration(storedSeconds: try errors.decode(Double.self, forKey: .first))
    last = Duration(storedSeconds: try errors.decode(Double.self, forKey: .last))
  }
}
