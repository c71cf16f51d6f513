import Foundation

/// One line on the terminal that is written anew as things go on.
final class TerminalLine: @unchecked Sendable {
  // Called by one thread at a time: that of the run.
  private let isShown: Bool
  private let delay: TimeInterval
  private let interval: TimeInterval
  private let start = Date()
  private var lastShown = Date.distantPast

  /// - Parameters:
  ///   - delay: in seconds: what is over sooner shows nothing.
  ///   - interval: in seconds, between two texts.
  init(isShown: Bool, delay: TimeInterval = 1, interval: TimeInterval = 0.1) {
    self.isShown = isShown
    self.delay = delay
    self.interval = interval
  }

  /// Writes the text where it is time for one; gets the seconds since the beginning.
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
