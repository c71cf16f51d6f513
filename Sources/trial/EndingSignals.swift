import Foundation

/// Handles SIGTERM and SIGINT: the first asks for a clean end, another one for an immediate end. If the immediate end does not come, the process
/// exits without it.
final class EndingSignals: @unchecked Sendable {
  static let exitCode: Int32 = 130
  /// `timeout` signals its child, and then the child's process group: signals this close together count as one.
  private static let together = DispatchTimeInterval.milliseconds(500)
  /// How long nodes may take to end immediately, because running disk operations finish first.
  private static let patience = DispatchTimeInterval.seconds(5)

  private let queue = DispatchQueue(label: "signals")
  private var sources: [any DispatchSourceSignal] = []
  private var firstCame: DispatchTime?
  private var isAtOnce = false
  private var last: DispatchWorkItem?

  init(first: @escaping () -> Void, again: @escaping () -> Void, atLast: @escaping @Sendable () -> Void) {
    for number in [SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [unowned self] in
        guard let firstCame else {
          firstCame = .now()
          return first()
        }
        guard !isAtOnce, .now() >= firstCame + Self.together else { return }
        isAtOnce = true
        again()
        let last = DispatchWorkItem { atLast() }
        self.last = last
        queue.asyncAfter(deadline: .now() + Self.patience, execute: last)
      }
      source.resume()
      sources.append(source)
    }
  }

  /// The rest of the work ends on its own.
  func nodesHaveEnded() { queue.sync { last?.cancel() } }

  var haveCome: Bool { queue.sync { firstCame != nil } }
  var haveComeAgain: Bool { queue.sync { isAtOnce } }
}
