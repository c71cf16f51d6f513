import Broker
import Controller
import Primitives
import Replication
import Sim

/// What a node is, whether it is that alone or beside another role; nil while it does not run.
extension World {
  func broker(at node: NodeIndex) -> BrokerNode? { object(of: node)?.brokerRole }
  func controller(at node: NodeIndex) -> ControllerNode? { object(of: node)?.controllerRole }

  /// A broker's replica of a partition; nil if the broker does not run or has none.
  func replica(of partition: TopicPartition, at node: NodeIndex) -> Partition? { broker(at: node)?.replicaManager?.partition(named: partition) }
}
