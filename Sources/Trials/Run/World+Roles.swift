import Broker
import Controller
import Sim

/// What a node is, whether it is that alone or beside another role; nil while it does not run.
extension World {
  func broker(at node: NodeIndex) -> BrokerNode? { object(of: node)?.brokerRole }
  func controller(at node: NodeIndex) -> ControllerNode? { object(of: node)?.controllerRole }
}
