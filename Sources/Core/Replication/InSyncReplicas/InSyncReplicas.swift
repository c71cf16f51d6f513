import Primitives

/// The in-sync replicas of a partition as its leader must see them while the controller may have taken its last proposal (KIP-497).
public struct InSyncReplicas: Equatable, Sendable {
  /// What the controller is known to have committed.
  public private(set) var committed: [NodeID]
  /// The proposal that was not answered yet.
  public private(set) var proposal: Proposal?

  public struct Proposal: Equatable, Sendable {
    /// Tells this proposal from earlier ones of the partition.
    public let number: UInt64
    public let change: Change
  }

  public enum Change: Equatable, Sendable {
    case expansion(adding: NodeID)
    case shrinking(removing: [NodeID])
  }

  init(committed: [NodeID]) { self.committed = committed }

  /// Everyone who may be in the ISR: whatever the controller decides, the true ISR is a part of this.
  public var maximal: [NodeID] {
    if case .expansion(let newcomer) = proposal?.change { return committed + [newcomer] }
    return committed
  }

  /// The ISR that the open proposal asks for, or the committed one.
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
