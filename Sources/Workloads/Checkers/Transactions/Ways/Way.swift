import Primitives

/// What became of something, step by step, as clients saw it: of a record that a group was to make values of, or of a transaction.
public struct Way: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    public let time: Instant
    /// As evidence calls the process.
    public let who: String
    public let what: String
  }

  /// What it is about, and what is wrong with it.
  public let title: String
  /// In the order in which they happened.
  public let steps: [Step]
  /// Where values stand that were written in transactions, as far as anybody knows: what ended these transactions there stands behind them.
  public let outputs: [History.Source]
}
