/// Who is told what came of an append, once. Whoever appends again and again makes one and takes it each time, which costs no closure for each.
public protocol AppendReceiver: AnyObject {
  /// - Parameter outcomes: one for each entry, in the same order.
  func appended(_ outcomes: [AppendOutcome])
}

/// Passes the outcomes on to a closure.
final class AppendCompletion: AppendReceiver {
  private let body: ([AppendOutcome]) -> Void

  init(_ body: @escaping ([AppendOutcome]) -> Void) { self.body = body }

  func appended(_ outcomes: [AppendOutcome]) { body(outcomes) }
}
