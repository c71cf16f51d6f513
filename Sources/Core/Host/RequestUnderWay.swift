import Primitives

/// A request that a node has made and that is not answered yet, whether or not it could be sent so far.
public struct RequestUnderWay: Sendable {
  /// Kafka's API key.
  public let apiKey: Int16
  public let correlationID: Int32
  /// As its receiver knows the sender.
  public let clientID: String
  public let address: Address
  /// What it is sent on; nil while there is no connection.
  public let connection: ConnectionID?
  /// When it was made.
  public let since: Instant

  public init(apiKey: Int16, correlationID: Int32, clientID: String, address: Address, connection: ConnectionID?, since: Instant) {
    self.apiKey = apiKey
    self.correlationID = correlationID
    self.clientID = clientID
    self.address = address
    self.connection = connection
    self.since = since
  }
}

/// A part of a node that sends requests to other nodes.
public protocol Requester: AnyObject {
  /// What it waits for, in the order of making at each address.
  var requestsUnderWay: [RequestUnderWay] { get }
}
