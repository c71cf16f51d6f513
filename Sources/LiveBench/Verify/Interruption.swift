import Synchronization

/// Somebody wants a run to end before its time: once for an end in good order, again for an end at once.
public final class Interruption: Sendable {
  private let wishes = Atomic(0)

  public init() {}

  /// Everything that was broken is mended first.
  public func ask() { wishes.wrappingAdd(1, ordering: .relaxed) }

  /// What mends is given up as well.
  public func insist() { wishes.wrappingAdd(2, ordering: .relaxed) }

  public var isAskedFor: Bool { wishes.load(ordering: .relaxed) > 0 }
  var isInsistedOn: Bool { wishes.load(ordering: .relaxed) > 1 }

  func check() throws { if isAskedFor { throw RunInterrupted() } }
}

/// A run ended before its time because somebody asked for that. What it had broken was mended.
public struct RunInterrupted: Error {
  public init() {}
}
