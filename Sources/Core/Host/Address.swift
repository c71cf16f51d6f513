/// Where a node listens, as Kafka's metadata names it.
public struct Address: Hashable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: Int32

  public init(host: String, port: Int32) {
    self.host = host
    self.port = port
  }

  public var description: String { "\(host):\(port)" }
}
