import Host
import Primitives
import Wire

/// A broker as the controller knows it: what it said when it registered, and whether it may lead.
public struct BrokerRegistration: Equatable, Sendable {
  public var id: NodeID
  /// The offset of the record that registered it: names this registration, and fences every former one (KIP-631).
  public var epoch: BrokerEpoch
  /// Names one life of the process.
  public var incarnationID: Uuid
  public var endpoints: [Endpoint]
  public var features: [SupportedFeature]
  public var rack: String?
  public var isFenced: Bool
  public var inControlledShutdown: Bool
  /// The ids of its log directories, ascending.
  public var logDirectories: [Uuid]

  /// Whether it may lead partitions and be a member of an ISR (KIP-841).
  public var isActive: Bool { !isFenced && !inControlledShutdown }

  /// Where its first listener is.
  public var address: Address? { endpoints.first?.address }

  public func address(ofListener name: String) -> Address? { endpoints.first { $0.name == name }?.address }

  /// Where new replicas go: the one directory there is, or nowhere yet where the broker has to choose.
  var defaultDirectory: Uuid { logDirectories.count == 1 ? logDirectories[0] : DirectoryID.unassigned }
}

/// A listener that a node told the controller about.
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

/// The levels of a feature that a node can work at.
public struct SupportedFeature: Equatable, Sendable {
  public var name: String
  public var levels: ClosedRange<Int16>

  public init(name: String, levels: ClosedRange<Int16>) {
    self.name = name
    self.levels = levels
  }
}

/// A controller as it told the active one about itself (KIP-919).
public struct ControllerRegistration: Equatable, Sendable {
  public var id: NodeID
  public var incarnationID: Uuid
  public var endpoints: [Endpoint]
  public var features: [SupportedFeature]
}

/// Directory ids that mean something else than a directory (KIP-858).
public enum DirectoryID {
  /// The broker has not chosen yet.
  public static let unassigned = Uuid.zero
  /// Known to be on a directory that is offline, but not on which.
  public static let lost = Uuid(high: 0, low: 1)
  public static let migrating = Uuid(high: 0, low: 2)

  static func isReserved(_ id: Uuid) -> Bool { id.high == 0 && id.low < 100 }
}
