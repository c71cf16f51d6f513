import Primitives

/// The in-sync replicas of a partition as its leader must treat them while the controller may have applied the last proposal (KIP-497).
public struct InSyncReplicas: Equatable, Sendable {
  /// The ISR that the controller is known to have committed.
  public private(set) var committed: [NodeID]
  /// The unanswered proposal.
  public private(set) var proposal: Proposal?

  public struct Proposal: Equatable, Sendable {
    /// Distinguishes this proposal from earlier ones of the partition.
    public let number: UInt64
    public let change: Change
  }

  public enum Change: Equatable, Sendable {
    case expansion(adding: NodeID)
    case shrinking(removing: [NodeID])
  }

  init(committed: [NodeID]) { self.committed = committed }

  /// Every replica that may be in the ISR: whatever the controller decides, the actual ISR is a subset of this.
  public var maximal: [NodeID] {
    if case .expansion(let newcomer) = proposal?.change { return committed + [newcomer] }
    return committed
  }

  /// The ISR in the open proposal, or the committed one.
  public var proposed: [NodeID] {
    switch proposal?.change {
    case .expansion(let newcomer): committed + [newcomer]
    case .shrinking(let stragglers): committed.filter { !stragglers.contains($0) }
    case nil: committed
    }
  }

  mutating func propose(_ change: Change, number: UInt64) { proposal = Proposal(number: number, change: change) }

  mutating func withdrawProposal() { proposal = nil }

  mutating func commit(_ replicas: [NodeID]) {
    committed = replicas
    proposal = nil
  }
}
