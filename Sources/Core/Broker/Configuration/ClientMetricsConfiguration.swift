import Controller
import Coordination
import Primitives

/// The settings of one subscription to clients' metrics (KIP-714). There are no subscriptions here; the settings are stored as in Kafka.
struct ClientMetricsConfiguration: Sendable {
  var metrics: [String] = []
  var interval: Int32 = 300_000
  /// The clients that it applies to, as `name=pattern`.
  var match: [String] = []

  static let table = ConfigurationTable(defaults: ClientMetricsConfiguration(), [
    .integer("interval.ms", \.interval),
    matches("match"),
    .list("metrics", \.metrics),
  ])

  /// What is wrong with settings, with the codes of `ClientMetricsConfigs.validate`: INVALID_REQUEST for an unknown name or an interval outside its
  /// limits.
  static func refusal(of values: some Collection<(String, String)>) -> Refusal? {
    for (name, _) in values where !table.contains(name) { return Refusal(.invalidRequest, "Unknown client metrics configuration: \(name)") }
    do {
      let configuration = try table.configuration(from: values)
      guard (100...3_600_000).contains(configuration.interval) else {
        return Refusal(.invalidRequest, "interval.ms=\(configuration.interval) is not valid: expected milliseconds from 100 to 3600000 (1 hour)")
      }
      return nil
    } catch {
      return Refusal(.invalidConfig, error.description)
    }
  }

  private static let attributes = [
    "client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address", "client_source_port",
  ]

  private static func matches(_ name: String) -> Setting<ClientMetricsConfiguration> {
    Setting(name, kind: .list, expectation: "patterns such as client_id=app.*, with one of \(attributes.joined(separator: ", "))") { text, configuration in
      let patterns = text.commaSeparated
      for pattern in patterns {
        let parts = pattern.split(separator: "=")
        guard parts.count == 2, attributes.contains(String(parts[0]).trimmed) else { return false }
      }
      configuration.match = patterns
      return true
    } print: { $0.match.joined(separator: ",") }
  }
}
