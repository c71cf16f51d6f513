import Broker
import Controller
import Host
import Primitives
import Sim

/// Checks what the controllers commit about brokers against what became of their processes: who came back from an unclean shutdown has lost its places (KIP-966), and who is unfenced
/// has read what was decided before.
struct BrokersInMetadata {
  /// The present life of a broker's process, or the last one.
  private struct Life {
    var isRegistered = false
    var isAskedToEnd = false
    /// The life before was registered, and ended without an order.
    var isAfterUncleanEnd = false
    /// Whether it has opened its logs.
    var hasReplicas = false
    /// The life before had opened its logs, and ended without an order.
    var hasLogsOfCrash = false
  }

  private var lives: [NodeIndex: Life] = [:]

  mutating func observe(_ incident: Incident, at node: NodeIndex) {
    let life = lives[node] ?? Life()
    switch incident {
    case .started: lives[node] = Life(isAfterUncleanEnd: life.isAfterUncleanEnd, hasLogsOfCrash: life.hasLogsOfCrash)
    case .shutdownAsked: lives[node]?.isAskedToEnd = true
    case .killed, .lostPower:
      lives[node] = Life(
        isAfterUncleanEnd: life.isAfterUncleanEnd || life.isRegistered && !life.isAskedToEnd, hasLogsOfCrash: life.hasReplicas ? !life.isAskedToEnd : life.hasLogsOfCrash)
    case .exited: lives[node] = Life(isRegistered: life.isRegistered, isAskedToEnd: life.isAskedToEnd)
    case .diskReplaced: lives[node]?.hasLogsOfCrash = false
    default: break
    }
  }

  /// A broker has a replica of some partition: its logs are open.
  mutating func recordReplica(at node: NodeIndex) { lives[node, default: Life()].hasReplicas = true }

  /// A broker's registration is committed, in the metadata of the active controller.
  mutating func check(registrationOf id: NodeID, _ broker: BrokerNode?, at node: NodeIndex, in image: MetadataImage, _ check: inout InvariantCheck) {
    let life = lives[node] ?? Life()
    if life.hasLogsOfCrash, let broker { check.require(!broker.hasFoundCleanShutdown, "broker \(id) ended without a shutdown, and takes its logs for cleanly closed") }
    lives[node, default: Life()].isRegistered = true
    lives[node]?.isAfterUncleanEnd = false
    guard life.isAfterUncleanEnd, !life.isRegistered, image.features.hasEligibleLeaderReplicas else { return }
    for topic in image.topics.values {
      for (number, partition) in topic.partitions.enumerated() {
        check.require(
          !partition.isr.contains(id) && !partition.eligibleLeaderReplicas.contains(id),
          "\(topic.name)-\(number): broker \(id) came back from an unclean shutdown, and is still in the ISR \(partition.isr) or the ELR \(partition.eligibleLeaderReplicas)")
      }
    }
  }

  /// A broker is unfenced, in the metadata of the active controller.
  func check(unfencingOf id: NodeID, _ broker: BrokerNode?, in image: MetadataImage, _ check: inout InvariantCheck) {
    guard let known = broker?.metadataImage?.lastOffset, let registered = image.broker(id)?.epoch, broker?.brokerEpoch == registered else { return }
    check.require(known.value >= registered.value, "broker \(id) is unfenced, and has read the metadata up to offset \(known); it registered at \(registered)")
  }
}
