import Primitives
import Sim

/// The progress of a healing cluster: none of these values goes back for good.
struct HealingProgress {
  /// How long there may be no progress before the runner looks for a livelock.
  static let patience = Duration.seconds(10)
  /// The rate of events of one kind at one node, per second, that waiting and retrying cannot explain.
  static let rateOfLivelock = 500

  private struct Reach {
    var logEndOffset = Offset.unknown
    var highWatermark = Offset.unknown
  }

  private struct Replica: Hashable {
    let partition: TopicIDPartition
    let node: NodeID
  }

  /// When clients last got on: one read further than any had, or was done.
  private(set) var clientsMovedAt = Instant.zero
  private var reached: [Replica: Reach] = [:]
  private var positions: [Offset] = []
  private var finished = 0

  /// Records the current values. Returns whether any exceeds its previous maximum.
  mutating func update(from played: PlayedScenario) -> Bool {
    let cluster = played.cluster
    var hasMoved = updateClients(from: played)
    if hasMoved { clientsMovedAt = cluster.world.now }
    for topic in cluster.scenario.topics {
      for name in cluster.observer.view.cluster.partitions(of: topic.name) {
        for node in cluster.nodes.brokers.map({ cluster.world.id(of: $0) }) {
          guard let partition = cluster.partition(name, at: node) else { continue }
          let replica = Replica(partition: partition.id, node: node), former = reached[replica] ?? Reach()
          guard partition.logEndOffset > former.logEndOffset || partition.highWatermark > former.highWatermark else { continue }
          hasMoved = true
          reached[replica] = Reach(
            logEndOffset: max(former.logEndOffset, partition.logEndOffset), highWatermark: max(former.highWatermark, partition.highWatermark))
        }
      }
    }
    return hasMoved
  }

  private mutating func updateClients(from played: PlayedScenario) -> Bool {
    let finishedCount = played.cluster.recorder.finishedCount
    var hasMoved = finishedCount > finished
    finished = finishedCount
    var place = 0
    for node in played.nodes.clients.flatMap(\.nodes) {
      guard let application = played.cluster.application(node) else { continue }
      for partition in application.partitions {
        while positions.count <= place { positions.append(.unknown) }
        if let position = application.position(of: partition), position > positions[place] {
          positions[place] = position
          hasMoved = true
        }
        place += 1
      }
    }
    return hasMoved
  }
}
