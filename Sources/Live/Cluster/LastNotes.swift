import Host
import NIOConcurrencyHelpers

/// The last note or warning of each node: the reason, if it ended.
final class LastNotes: Sendable {
  private let notes = NIOLockedValueBox<[String: String]>([:])

  func take(_ occurrence: Occurrence, of node: String) {
    switch occurrence {
    case .note(let text), .warning(let text): notes.withLockedValue { $0[node] = text }
    default: break
    }
  }

  func last(of node: String) -> String { notes.withLockedValue { $0[node] } ?? "it noted nothing" }
}
