import NIOConcurrencyHelpers

/// What each node noted last: the reason, where it ended.
final class LastNotes: Sendable {
  private let notes = NIOLockedValueBox<[String: String]>([:])

  func set(_ text: String, of node: String) { notes.withLockedValue { $0[node] = text } }

  func last(of node: String) -> String { notes.withLockedValue { $0[node] } ?? "it noted nothing" }
}
