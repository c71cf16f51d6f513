import Primitives
import Sim

/// An entry of the schedule, how often it was planned, and how often it had something to act upon.
struct FaultEntry {
  let plan: FaultPlan
  /// The entry of chance that drew it; nil of those that the file holds.
  var drawnBy: Int?
  var planned = 1
  /// Without what the faults of the world count themselves.
  var hit = 0
  /// Faults of the world that this entry applied.
  var applied: [AppliedFault] = []
  /// The nodes that this entry struck, until that was taken back: roles move on meanwhile.
  var struck: [NodeIndex] = []
  /// What it did each time, with the nodes that chance picked for it: of an entry that names any.
  var picks: [Pick] = []
  /// When it first had something to act upon, and when what it did was last taken back; nil while it lasts.
  var begun: Instant?
  var ended: Instant?

  /// One repetition of an entry in which chance had a part.
  struct Pick {
    var deed: any Deed
    var isCarriedOut: Bool
    /// How long it lasted, where the entry says so.
    var length: Duration?
  }

  struct AppliedFault {
    var fault: FaultID
    /// What is told where it is taken back while it lasts; nil of what is over at once.
    var end: String?
  }
}

extension Deed {
  /// Whether it ends what another entry did, of whatever family.
  func ends(_ entry: FaultEntry, on stage: any Stage) -> Bool {
    guard let earlier = entry.plan.deed as? Self else { return false }
    return ends(earlier, of: entry.plan.name, at: entry.struck, on: stage)
  }
}
