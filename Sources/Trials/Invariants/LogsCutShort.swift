import Broker
import Controller
import Host
import Primitives
import Sim

/// Checks what a log keeps about its batches when it was truncated or compacted, at the end of that event: what is wrong by then may be overwritten soon.
struct LogsCutShort {
  private struct Log: Equatable {
    let node: NodeIndex
    let partition: TopicPartition
    let isTruncated: Bool
  }

  private var logs = EachOnce<Log>()

  var isEmpty: Bool { logs.isEmpty }

  mutating func observe(_ occurrence: Occurrence, at node: NodeIndex) {
    switch occurrence {
    // A log that is recovered is not part of its broker yet.
    case .truncated(let partition, _, _, _, let reason) where reason != .recovery: logs.add(Log(node: node, partition: partition, isTruncated: true))
    case .compacted(let partition, _): logs.add(Log(node: node, partition: partition, isTruncated: false))
    default: break
    }
  }

  /// Looks at the logs of which something was told since the last look.
  mutating func look(in world: World) {
    logs.take { log in
      var check = InvariantCheck()
      if log.partition.topic == TopicName.clusterMetadata {
        world.controller(at: log.node)?.checkLogContents(&check)
      } else if let replica = world.broker(at: log.node)?.replicaManager?.partition(named: log.partition) {
        replica.log?.checkContents(&check)
        if log.isTruncated, !replica.isLeader { replica.log?.checkCut(&check) }
      }
      world.addFindings(of: check, at: log.node)
    }
  }
}
