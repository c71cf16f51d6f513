import Host
import Primitives
import Wire

/// A broker as the controller knows it: what it registered, and whether it may lead.
public struct BrokerRegistration: Equatable, Sendable {
  public var id: NodeID
  /// The offset of its registration record: it identifies this registration, and fences all earlier ones (KIP-631).
  public var epoch: BrokerEpoch
  /// Identifies one life of the process.
  public var incarnationID: Uuid
  public var endpoints: [Endpoint]
  /// By their names: a broker may tell them in any order, and does not in a snapshot of Kafka's.
  public var features: [SupportedFeature]
  public var rack: String?
  public var isFenced: Bool
  public var inControlledShutdown: Bool
  /// The ids of its log directories, ascending.
  public var logDirectories: [Uuid]

  /// Whether it may lead partitions and be a member of an ISR (KIP-841).
  public var isActive: Bool { !isFenced && !inControlledShutdown }

  /// The address of its first listener.
  public var address: Address? { endpoints.first?.address }

  public func address(ofListener name: String) -> Address? { endpoints.first { $0.name == name }?.address }

  /// The directory for new replicas: the broker's only one, or unassigned if the broker has to choose.
  var defaultDirectory: Uuid { logDirectories.count == 1 ? logDirectories[0] : DirectoryID.unassigned }
}

/// A listener that a node registered with the controller.
public struct Endpoint: Equatable, Sendable {
  public var name: String
  public var address: Address
  /// 0 plain text, 1 TLS, 2 SASL, 3 SASL over TLS.
  public var securityProtocol: Int16

  public init(name: String, address: Address, securityProtocol: Int16 = 0) {
    self.name = name
    self.address = address
    self.securityProtocol = securityProtocol
  }
}

/// The levels of a feature that a node supports.
public struct SupportedFeature: Equatable, Sendable {
  public var name: String
  public var levels: ClosedRange<Int16>

  public init(name: String, levels: ClosedRange<Int16>) {
    self.name = name
    self.levels = levels
  }
}

/// A controller as it registered with the active one (KIP-919).
public struct ControllerRegistration: Equatable, Sendable {
  public var id: NodeID
  public var incarnationID: Uuid
  public var endpoints: [Endpoint]
  /// By their names.
  public var features: [SupportedFeature]
}

/// Directory ids with a special meaning (KIP-858).
public enum DirectoryID {
  /// The broker has not chosen yet.
  public static let unassigned = Uuid.zero
  /// Known to be in an offline directory, but not in which one.
  public static let lost = Uuid(high: 0, low: 1)
  public static let migrating = Uuid(high: 0, low: 2)

  static func isReserved(_ id: Uuid) -> Bool { id.high == 0 && id.low < 100 }
}
