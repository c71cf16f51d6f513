import Primitives

/// What became of a record that a group had to process, or of a transaction, step by step, as clients saw it.
public struct Way: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    public let time: Instant
    /// The name of the process in evidence.
    public let who: String
    public let what: String
  }

  /// What the way is about, and what is wrong with it.
  public let title: String
  /// In the order in which they happened.
  public let steps: [Step]
  /// The offsets of values that were written in transactions, as far as known: the markers of these transactions come after them.
  public let outputs: [History.Source]
}
