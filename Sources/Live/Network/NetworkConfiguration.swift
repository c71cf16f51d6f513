import Broker
import NIOCore
import Primitives

/// The settings of sockets, with Kafka's names and defaults (`SocketServerConfigs`).
public struct NetworkConfiguration: Sendable {
  /// A longer request closes its connection before memory is allocated for it.
  public var maxRequestSize = 104_857_600
  /// The number of connections whose requests may wait for their turn; at this limit no socket is read until one has had it.
  public var maxQueuedRequests = 500
  /// The memory for incoming requests; nil sets no limit. A request may begin while any of it is left, however large the request is.
  public var maxQueuedRequestBytes: Int?
  /// The limit for the whole node. Further peers wait to be accepted.
  public var maxConnections = Int(Int32.max)
  /// The limit for one address. A connection above it is closed immediately.
  public var maxConnectionsPerAddress = Int(Int32.max)
  /// Addresses with their own limit, resolved, in the order given.
  public var addressLimits: [AddressLimit] = []
  /// Connections that a node accepts per second, measured like Kafka's quotas.
  public var maxConnectionRate = Int(Int32.max)
  /// How long a connection may be idle before it is closed; nil keeps all.
  public var maxIdle: Duration? = .seconds(600)

  public init() {}

  public struct AddressLimit: Sendable, Hashable {
    /// The host as given.
    let host: String
    let address: String
    let connections: Int
  }

  public static let table = ConfigurationTable(
    defaults: NetworkConfiguration(),
    [
      .integer("socket.request.max.bytes", \NetworkConfiguration.maxRequestSize, in: 1...Int(Int32.max)),
      .integer("queued.max.requests", \.maxQueuedRequests, in: 1...Int(Int32.max)),
      queuedBytes,
      .integer("max.connections", \.maxConnections, in: 0...Int(Int32.max)),
      .integer("max.connections.per.ip", \.maxConnectionsPerAddress, in: 0...Int(Int32.max)),
      addressLimits,
      .integer("max.connection.creation.rate", \.maxConnectionRate, in: 0...Int(Int32.max)),
      idleTime,
    ])

  /// The settings that Kafka changes while a broker runs (`SocketServer.ReconfigurableConfigs`).
  private static let dynamicNames: Set<String> = [
    "max.connections", "max.connections.per.ip", "max.connections.per.ip.overrides", "max.connection.creation.rate",
  ]

  /// In Kafka, all other numbers have 32 bits.
  private static let longNames: Set<String> = ["queued.max.request.bytes", "connections.max.idle.ms"]

  /// These settings as clients of a broker see and change them.
  /// - Parameter given: what the node was started with; must be valid.
  static func hostSettings(
    given: [(String, String)], apply: @escaping @Sendable ([(String, String)]) -> Void = { _ in }
  ) throws(ConfigurationError) -> HostSettings {
    let base = try table.configuration(from: given)
    return HostSettings(
      known: table.settings.map { setting in
        HostSettings.Known(
          name: setting.name, kind: setting.kind == .long && !longNames.contains(setting.name) ? .int : setting.kind,
          defaultValue: setting.text(in: table.defaults), given: given.last { $0.0 == setting.name }?.1, isDynamic: dynamicNames.contains(setting.name))
      },
      objection: { values in
        do throws(ConfigurationError) {
          try table.configuration(from: values, over: base).check()
          return nil
        } catch {
          return error
        }
      },
      apply: apply)
  }

  /// Checks combinations of settings, as `KafkaConfig.validateValues` does.
  func check() throws(ConfigurationError) {
    if let bytes = maxQueuedRequestBytes, bytes < maxRequestSize {
      throw .contradiction(
        names: ["queued.max.request.bytes", "socket.request.max.bytes"], explanation: "the first must not be less than the second")
    }
    if maxConnectionsPerAddress == 0, addressLimits.isEmpty {
      throw .contradiction(
        names: ["max.connections.per.ip", "max.connections.per.ip.overrides"],
        explanation: "without any override no client could connect; give some, or a number above 0")
    }
  }

  /// Kafka treats zero and every negative number as "no limit".
  private static let queuedBytes = Setting<NetworkConfiguration>(
    "queued.max.request.bytes", kind: .long, expectation: "an integer; 0 or less for no limit"
  ) { text, configuration in
    guard let value = Int(text) else { return false }
    configuration.maxQueuedRequestBytes = value > 0 ? value : nil
    return true
  } print: { String($0.maxQueuedRequestBytes ?? -1) }

  private static let idleTime = Setting<NetworkConfiguration>(
    "connections.max.idle.ms", kind: .long, expectation: "milliseconds; a negative number keeps idle connections"
  ) { text, configuration in
    guard let value = Int64(text) else { return false }
    let (nanoseconds, isTooLong) = value.multipliedReportingOverflow(by: 1_000_000)
    configuration.maxIdle = value < 0 || isTooLong ? nil : Duration(nanoseconds: nanoseconds)
    return true
  } print: { String($0.maxIdle?.milliseconds ?? -1) }

  private static let addressLimits = Setting<NetworkConfiguration>(
    "max.connections.per.ip.overrides", kind: .string,
    expectation: "hosts that can be resolved, each with its maximum of connections, such as broker-1:100,127.0.0.1:200"
  ) { text, configuration in
    var limits: [AddressLimit] = []
    for entry in text.commaSeparated {
      guard let colon = entry.lastIndex(of: ":"), let connections = Int(entry[entry.index(after: colon)...]), connections >= 0 else { return false }
      let host = String(entry[..<colon])
      guard !host.isEmpty, let address = (try? SocketAddress.makeAddressResolvingHost(host, port: 0))?.ipAddress else { return false }
      limits.append(AddressLimit(host: host, address: address, connections: connections))
    }
    configuration.addressLimits = limits
    return true
  } print: { $0.addressLimits.map { "\($0.host):\($0.connections)" }.joined(separator: ",") }
}
