import Primitives

/// Settings of Kafka's clients that this client does not have, and why: refusing them by name is more helpful than "unknown".
enum UnmodelledSettings {
  static func explanation(of name: String) -> String? {
    if let known = explanations.first(where: { $0.name == name }) { return known.explanation }
    return families.first { name.hasPrefix($0.prefix) }?.explanation
  }

  private static let bytes = "keys and values are bytes here: convert them in the application"
  private static let sockets = "connections are the host's: there is no socket to tune"

  private static let families: [(prefix: String, explanation: String)] = [
    ("sasl.", "connections are not authenticated: leave it out"),
    ("ssl.", "connections are not encrypted: leave it out"),
    ("metrics.", "there is no metrics reporter: measure from outside the client"),
    ("share.", "share groups are not part of this client"),
  ]

  private static let explanations: [(name: String, explanation: String)] = [
    ("bootstrap.controllers", "the admin client talks to brokers: use bootstrap.servers"),
    ("client.dns.lookup", "addresses are used as they are: there is no name service"),
    ("config.providers", "values are read literally"),
    ("connections.max.idle.ms", sockets),
    ("enable.metrics.push", "there is no metrics reporter: measure from outside the client"),
    ("interceptor.classes", "there are no interceptors: wrap the client instead"),
    ("internal.throw.on.fetch.stable.offset.unsupported", "brokers that support stable offsets are always asked for them"),
    ("key.deserializer", bytes),
    ("key.serializer", bytes),
    ("metadata.max.idle.ms", "a producer keeps the metadata of every topic it has sent to"),
    ("metric.reporters", "there is no metrics reporter: measure from outside the client"),
    ("receive.buffer.bytes", sockets),
    ("security.protocol", "connections are neither encrypted nor authenticated: leave it out"),
    ("security.providers", "connections are neither encrypted nor authenticated: leave it out"),
    ("send.buffer.bytes", sockets),
    ("socket.connection.setup.timeout.max.ms", sockets),
    ("socket.connection.setup.timeout.ms", sockets),
    ("value.deserializer", bytes),
    ("value.serializer", bytes),
  ]
}

extension ProducerConfiguration {
  /// Why a Kafka client setting is not supported; nil for supported settings, and for settings that no Kafka client has.
  public static func reasonNotModelled(_ name: String) -> String? { table.contains(name) ? nil : UnmodelledSettings.explanation(of: name) }
}

extension ConfigurationTable where Configuration: ConnectedConfiguration {
  /// Reads like `configuration(from:)`, reports Kafka's other settings as not supported instead of unknown, and adjusts defaults that depend on given
  /// settings.
  func clientConfiguration(from values: some Collection<(String, String)>) throws(ConfigurationError) -> Configuration {
    for (name, _) in values where !contains(name) {
      if let explanation = UnmodelledSettings.explanation(of: name) { throw .notModelled(name: name, explanation: explanation) }
    }
    var configuration = try configuration(from: values)
    configuration.adjust(given: Set(values.map(\.0)))
    return configuration
  }
}
