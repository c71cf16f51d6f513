import Foundation

/// One line on the terminal that is overwritten as the work proceeds.
final class TerminalLine: @unchecked Sendable {
  // Called by one thread at a time: the thread of the run.
  private let isShown: Bool
  private let delay: TimeInterval
  private let interval: TimeInterval
  private let start = Date()
  private var lastShown = Date.distantPast

  /// - Parameters:
  ///   - delay: in seconds; work that ends sooner shows nothing.
  ///   - interval: the time between two updates, in seconds.
  init(isShown: Bool, delay: TimeInterval = 1, interval: TimeInterval = 0.1) {
    self.isShown = isShown
    self.delay = delay
    self.interval = interval
  }

  /// Updates the text if enough time has passed; `text` receives the seconds since the start.
  func show(_ text: (_ seconds: TimeInterval) -> String) {
    let now = Date(), seconds = now.timeIntervalSince(start)
    guard isShown, seconds > delay, now.timeIntervalSince(lastShown) > interval else { return }
    lastShown = now
    writeToStandardError("\r\u{1b}[K\(text(seconds))")
  }

  func clear() {
    if isShown { writeToStandardError("\r\u{1b}[K") }
  }
}
