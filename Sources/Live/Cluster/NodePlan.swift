import Host
import Primitives

/// One node of a cluster on real machines: what it is, and where it listens.
///
/// What it is follows from its listeners (Kafka's `process.roles`): a node with one for clients is a broker, a node with one for the other nodes'
/// replicas of the metadata log is a controller, and a node with both is a combined one.
public struct NodePlan: Sendable {
  public let id: NodeID
  /// What it is called in reports: `broker-2`, or `controller-1`.
  public let name: String
  /// The listener of a broker; port 0 stands for any free one.
  public internal(set) var broker: Address?
  /// The listener of a controller.
  public internal(set) var controller: Address?
  /// The id with which an empty directory of a controller is formatted, as that of a first voter of a dynamic quorum (`kafka-storage format
  /// --initial-controllers`); nil for any other node.
  public internal(set) var directoryID: Uuid?
  /// Settings that override those of the cluster, by Kafka's names.
  let values: [(String, String)]
  var directory: Layout

  /// How a node's directory is laid out.
  enum Layout {
    /// As Kafka's tools format it: a log directory with `meta.properties`, `__cluster_metadata-0` and the partitions.
    case kafka
    /// The logs of a broker are in `kafka-logs`, beside `__cluster_metadata-0`.
    case logsApart
  }

  public init(id: NodeID, name: String? = nil, broker: Address?, controller: Address?, directoryID: Uuid? = nil, values: [(String, String)] = []) {
    self.init(id: id, name: name, broker: broker, controller: controller, values: values, directory: .kafka)
    self.directoryID = directoryID
  }

  init(id: NodeID, name: String?, broker: Address?, controller: Address?, values: [(String, String)] = [], directory: Layout) {
    self.id = id
    self.name = name ?? (broker == nil ? "controller-\(id)" : "broker-\(id)")
    self.broker = broker
    self.controller = controller
    self.values = values
    self.directory = directory
  }

  /// `BrokerConfiguration.logDirectory`.
  var logDirectory: String { directory == .kafka ? "" : "kafka-logs" }
}
