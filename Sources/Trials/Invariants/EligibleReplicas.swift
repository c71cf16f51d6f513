import Controller
import Host
import Primitives

/// Checks that replicas that leave an ISR below its minimum become eligible leaders (KIP-966): they have everything that was acknowledged, and the promise of `min.insync.replicas`
/// rests on them. Looks at the changes of one batch of metadata together.
struct EligibleReplicas {
  private struct Change {
    let partition: TopicPartition
    let removed: [NodeID]
    let isr: [NodeID]
    let eligible: [NodeID]
  }

  private var changes: [Change] = []
  /// Brokers that registered in this batch: who comes back without its data is not eligible.
  private var registered: [NodeID] = []
  /// Partitions of which an unclean election gave up what was promised.
  private var givenUp: [TopicPartition] = []

  var isEmpty: Bool { changes.isEmpty && registered.isEmpty && givenUp.isEmpty }

  mutating func observe(_ occurrence: Occurrence) {
    switch occurrence {
    case .isrChanged(let partition, let before, let isr, let eligible):
      changes.append(Change(partition: partition, removed: before.filter { !isr.contains($0) }, isr: isr, eligible: eligible))
    case .leaderElected(let partition, _, _, _, let election) where election == .unclean || election == .lastKnown: givenUp.append(partition)
    case .brokerRegistered(let broker, _, _): registered.append(broker)
    default: break
    }
  }

  /// Called at the end of the event in which the batch was committed.
  ///
  /// - Parameter minimum: how many members the ISR of a topic's partition needs that has so many replicas; nil if nobody can tell.
  mutating func look(in image: MetadataImage, minimum: (String, Int) -> Int?, _ check: inout InvariantCheck) {
    if image.features.hasEligibleLeaderReplicas {
      for change in changes where !givenUp.contains(change.partition) {
        // A later batch may have changed it again.
        guard let partition = image.partition(change.partition), partition.isr == change.isr, partition.eligibleLeaderReplicas == change.eligible,
          let least = minimum(change.partition.topic, partition.replicas.count)
        else { continue }
        if change.isr.count >= least {
          check.require(
            change.eligible.isEmpty, "\(change.partition): replicas \(change.eligible) are eligible, and the ISR \(change.isr) has the \(least) members that it needs")
          continue
        }
        for replica in change.removed where !registered.contains(replica) && partition.replicas.contains(replica) {
          check.require(
            change.eligible.contains(replica),
            "\(change.partition): broker \(replica) left the ISR \(change.isr), which needs \(least) members, and is not among the eligible replicas \(change.eligible)")
        }
      }
    }
    (changes, registered, givenUp) = ([], [], [])
  }
}
