import Primitives

/// The settings of an admin client, with Kafka's names and the defaults of 4.3.
public struct AdminConfiguration: ConnectedConfiguration {
  public var connection = ConnectionConfiguration()
  /// `default.api.timeout.ms`: the time for one call, including retries.
  public var defaultAPITimeout = Duration.milliseconds(60_000)
  /// `retries`: how often one request of a call is resent after a retriable error.
  public var retries = Int32.max

  public init() {}

  /// Parses Kafka's names and texts. Every mistake is an error that names the setting and what would be right.
  public init(_ values: some Collection<(String, String)>) throws(ConfigurationError) {
    self = try Self.table.clientConfiguration(from: values)
    try validate()
  }

  /// Throws if settings that are valid on their own contradict each other.
  public func validate() throws(ConfigurationError) {
    guard defaultAPITimeout < connection.requestTimeout else { return }
    throw .contradiction(
      names: ["default.api.timeout.ms", "request.timeout.ms"],
      explanation: "the first must not be smaller than the second, or no call would have time for one request")
  }

  /// `KafkaAdminClient.configureDefaultApiTimeoutMs`
  mutating func adjust(given: Set<String>) {
    adjustReconnectBackoff(given: given)
    guard defaultAPITimeout < connection.requestTimeout, !given.contains("default.api.timeout.ms") else { return }
    defaultAPITimeout = connection.requestTimeout
    connection.adjustments.append("default.api.timeout.ms was not set and is \(defaultAPITimeout), like request.timeout.ms")
  }

  public static let table = ConfigurationTable(defaults: AdminConfiguration(), connectionSettings + [
    .milliseconds("default.api.timeout.ms", \.defaultAPITimeout, in: 0...Int64(Int32.max), kind: .int),
    .integer("retries", \.retries, in: 0 ... .max),
  ])
}
