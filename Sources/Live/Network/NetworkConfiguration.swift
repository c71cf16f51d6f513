import Primitives

/// What sockets obey, under Kafka's names.
public struct NetworkConfiguration: Sendable {
  /// A longer request closes its connection before any room is made for it.
  public var maxRequestSize = 104_857_600

  public init() {}

  public static let table = ConfigurationTable(
    defaults: NetworkConfiguration(),
    [.integer("socket.request.max.bytes", \NetworkConfiguration.maxRequestSize, in: 1...Int(Int32.max))])
}
