import Synchronization

/// A request to end a run early: the first for a clean end, the second for an immediate one.
public final class Interruption: Sendable {
  private let wishes = Atomic(0)

  public init() {}

  /// Asks for an end after everything that was broken is repaired.
  public func ask() { wishes.wrappingAdd(1, ordering: .relaxed) }

  /// Asks for an end without repairs.
  public func insist() { wishes.wrappingAdd(2, ordering: .relaxed) }

  public var isAskedFor: Bool { wishes.load(ordering: .relaxed) > 0 }
  var isInsistedOn: Bool { wishes.load(ordering: .relaxed) > 1 }

  func check() throws { if isAskedFor { throw RunInterrupted() } }
}

/// A run was ended early by request. What it had broken was repaired.
public struct RunInterrupted: Error {
  public init() {}
}
