import Foundation
import Host
import Live
import Primitives
import Scenarios
import Trials

/// A running command of the user, with a time limit. Background processes that it leaves behind are not touched.
final class ShellCommand: RunningTask {
  private let process: SpawnedProcess
  private let output: String
  private let begun = Instant.ofMachine
  private let limit: Duration
  private var isTooLate = false

  /// - Parameter output: a separate file for its output.
  init(_ command: String, limit: Duration, output: String) throws {
    self.limit = limit
    self.output = output
    process = try SpawnedProcess(["/bin/sh", "-c", command], output: output)
  }

  func poll() -> TaskEnding? {
    if let ending = process.poll() { return words(ending) }
    if Instant.ofMachine - begun > limit {
      isTooLate = true
      process.signal(SIGKILL)
    }
    return nil
  }

  /// Kills it.
  func kill() {
    process.signal(SIGKILL)
    process.wait()
  }

  private func words(_ ending: SpawnedProcess.Ending) -> TaskEnding {
    let said = said.isEmpty ? "" : ": \(said)"
    let time = String(format: "%.2f s", (Instant.ofMachine - begun).seconds)
    if isTooLate { return TaskEnding(isDone: false, words: "no end within \(limit): ended by SIGKILL\(said)") }
    switch ending {
    case .exited(0): return TaskEnding(isDone: true, words: "done in \(time)\(said)")
    case .exited(let code): return TaskEnding(isDone: false, words: "failed with exit code \(code) after \(time)\(said)")
    case .signalled(let number): return TaskEnding(isDone: false, words: "ended by signal \(number) after \(time)\(said)")
    }
  }

  private static let mostLines = 5

  /// The first lines of its output.
  private var said: String {
    let text = String(decoding: contents(ofFileAt: output, upTo: 2_000) ?? Data(), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).prefix(Self.mostLines + 1).map { String($0).quotable }
    return lines.prefix(Self.mostLines).joined(separator: " | ") + (lines.count > Self.mostLines ? " | ..." : "")
  }
}

/// A task that was done immediately.
final class FinishedTask: RunningTask {
  private let ending: TaskEnding

  init(isDone: Bool = true, _ words: String = "done") { ending = TaskEnding(isDone: isDone, words: words) }

  func poll() -> TaskEnding? { ending }
}
