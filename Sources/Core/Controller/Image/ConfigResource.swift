/// The owner of a configuration.
public struct ConfigResource: Hashable, Sendable, CustomStringConvertible {
  /// The numbers are those of the protocol.
  public enum Kind: Int8, Sendable { case topic = 2, broker = 4, brokerLogger = 8, clientMetrics = 16, group = 32 }

  public var kind: Kind
  public var name: String

  public init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  /// The defaults of all brokers.
  public static let clusterDefault = ConfigResource(.broker, "")

  public static func topic(_ name: String) -> ConfigResource { ConfigResource(.topic, name) }

  public var description: String { "\(kind) \(name.isEmpty ? "(cluster default)" : name)" }
}
