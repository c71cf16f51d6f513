import Foundation

/// SIGTERM and SIGINT: the first asks for an end in good order, another one for an end at once. Where that does not come either, the process
/// ends without.
final class EndingSignals: @unchecked Sendable {
  static let exitCode: Int32 = 130
  /// `timeout` signals its child, and then the group that the child belongs to: two signals are one wish.
  private static let together = DispatchTimeInterval.milliseconds(500)
  /// How long nodes may take that were told to end at once: what the disk is doing comes to its end.
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

  /// What is left to do comes to its end by itself.
  func nodesHaveEnded() { queue.sync { last?.cancel() } }

  var haveCome: Bool { queue.sync { firstCame != nil } }
  var haveComeAgain: Bool { queue.sync { isAtOnce } }
}
