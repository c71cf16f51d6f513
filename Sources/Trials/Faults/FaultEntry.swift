import Host
import Primitives
import Sim

/// An entry of the schedule, how often it was planned, and how often it took effect.
struct FaultEntry {
  let plan: FaultPlan
  /// The random entry that drew it; nil for entries of the file.
  var drawnBy: Int?
  /// Called with sender and receiver when one of its rules acts on a message.
  var onMessage: ((NodeIndex, NodeIndex) -> Void)?
  var planned = 1
  /// Hits other than those counted by the world's faults.
  var hit = 0
  /// The world's faults that this entry applied.
  var applied: [AppliedFault] = []
  /// The nodes that this entry hit, until the effect is undone: their roles may change meanwhile.
  var struck: [NodeIndex] = []
  /// What it did each time, with the nodes that were picked at random; only for entries with random choices.
  var picks: [Pick] = []
  /// When it first took effect, and when its effect was last undone; nil while it lasts.
  var begun: Instant?
  var ended: Instant?

  /// Whether it is there to hold messages, and none came.
  func heldNothing(in world: World) -> Bool { (plan.deed as? MessageDeed)?.holds == true && applied.allSatisfy { world.faults[$0.fault].hits == 0 } }

  /// One repetition of an entry with random choices.
  struct Pick {
    var deed: any Deed
    var isCarriedOut: Bool
    /// The duration, if the entry has one.
    var length: Duration?
  }

  struct AppliedFault {
    var fault: FaultID
    /// The text for the story if the fault is lifted while it lasts; nil for a fault that is over immediately.
    var end: String?
  }
}

extension Deed {
  /// Whether it ends what another entry did, of any family.
  func ends(_ entry: FaultEntry, on stage: any Stage) -> Bool {
    guard let earlier = entry.plan.deed as? Self else { return false }
    return ends(earlier, of: entry.plan.name, at: entry.struck, on: stage)
  }
}
