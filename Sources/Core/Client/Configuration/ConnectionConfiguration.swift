import Host
import Primitives

/// The settings that producer, consumer and admin share: how they find the cluster, and how long they wait for it.
public struct ConnectionConfiguration: Hashable, Sendable {
  /// `bootstrap.servers`: asked in order for the first metadata, and again after a rebootstrap (KIP-899).
  public var bootstrapServers: [Address] = []
  /// `client.id`
  public var clientID = ""
  /// `request.timeout.ms`: how long a broker may take to respond; after that the connection is closed.
  public var requestTimeout = Duration.milliseconds(30_000)
  /// `retry.backoff.ms`: the delay before the first retry; it doubles up to `retry.backoff.max.ms` (KIP-580).
  public var retryBackoff = Duration.milliseconds(100)
  public var retryBackoffMax = Duration.milliseconds(1_000)
  /// `reconnect.backoff.ms`, doubling up to `reconnect.backoff.max.ms`.
  public var reconnectBackoff = Duration.milliseconds(50)
  public var reconnectBackoffMax = Duration.milliseconds(1_000)
  /// `metadata.max.age.ms`: metadata of this age is requested again even if nothing went wrong.
  public var metadataMaxAge = Duration.milliseconds(300_000)
  /// `metadata.recovery.strategy`
  public var metadataRecoveryStrategy = MetadataRecoveryStrategy.rebootstrap
  /// `metadata.recovery.rebootstrap.trigger.ms`: without metadata for this long, the client forgets all known brokers and asks the bootstrap servers
  /// again (KIP-1102).
  public var rebootstrapTrigger = Duration.milliseconds(300_000)
  /// Settings that were adjusted to other settings, as text, one line each: what Kafka's clients log as warnings when they start.
  public internal(set) var adjustments: [String] = []

  public init() {}
}

/// What a client does when it cannot reach any known broker (KIP-899).
public enum MetadataRecoveryStrategy: String, CaseIterable, Hashable, Sendable {
  case rebootstrap, none
}

/// A configuration that contains `ConnectionConfiguration`.
protocol ConnectedConfiguration: Sendable {
  var connection: ConnectionConfiguration { get set }
  /// Adjusts settings that were not given to those that were.
  mutating func adjust(given: Set<String>)
}

extension ConnectedConfiguration {
  /// A backoff that is set on its own does not grow (`CommonClientConfigs.postProcessReconnectBackoffConfigs`).
  mutating func adjustReconnectBackoff(given: Set<String>) {
    guard given.contains("reconnect.backoff.ms"), !given.contains("reconnect.backoff.max.ms") else { return }
    connection.reconnectBackoffMax = connection.reconnectBackoff
    connection.adjustments.append("reconnect.backoff.max.ms was not set and is \(connection.reconnectBackoffMax), like reconnect.backoff.ms")
  }
}

extension ConnectedConfiguration {
  static var connectionSettings: [Setting<Self>] {
    [
      .addresses("bootstrap.servers", \.connection.bootstrapServers),
      .string("client.id", \.connection.clientID),
      .milliseconds("metadata.max.age.ms", \.connection.metadataMaxAge),
      .milliseconds("metadata.recovery.rebootstrap.trigger.ms", \.connection.rebootstrapTrigger),
      .choice("metadata.recovery.strategy", \.connection.metadataRecoveryStrategy),
      .milliseconds("reconnect.backoff.max.ms", \.connection.reconnectBackoffMax),
      .milliseconds("reconnect.backoff.ms", \.connection.reconnectBackoff),
      .milliseconds("request.timeout.ms", \.connection.requestTimeout, in: 0...Int64(Int32.max), kind: .int),
      .milliseconds("retry.backoff.max.ms", \.connection.retryBackoffMax),
      .milliseconds("retry.backoff.ms", \.connection.retryBackoff),
    ]
  }
}

extension Setting {
  /// Addresses as `host:port`, separated by commas; a host with colons must be in brackets.
  static func addresses(_ name: String, _ property: Property<Configuration, [Address]>) -> Setting {
    Setting(name, kind: .list, expectation: "addresses as host:port, separated by commas") { text, configuration in
      var addresses: [Address] = []
      for word in text.commaSeparated {
        guard let address = Address(hostAndPort: word) else { return false }
        addresses.append(address)
      }
      configuration[keyPath: property] = addresses
      return true
    } print: { $0[keyPath: property].map(\.hostAndPort).joined(separator: ",") }
  }
}

extension Address {
  /// Parses an address written as `host:port` or `[host]:port`; nil if it is malformed.
  package init?(hostAndPort text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int32(text[text.index(after: colon)...]), (0...65_535).contains(port) else {
      return nil
    }
    var host = text[..<colon]
    if host.first == "[" {
      guard host.last == "]" else { return nil }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self.init(host: String(host), port: port)
  }

  package var hostAndPort: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
