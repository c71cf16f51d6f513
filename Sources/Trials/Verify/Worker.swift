import Foundation
import Report

/// A process that runs trials, one at a time: this program again, with the hidden command `worker`.
final class Worker {
  enum Answer {
    case incomplete
    case digest(TrialDigest)
    /// The process ended without an answer.
    case died
  }

  /// The trial under way, by its place in the sweep.
  var current: Int?

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffer = Data()

  init(arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  func give(_ trial: PlannedTrial, index: Int) {
    current = index
    // A worker that has just died answers with the end of its output.
    try? input.fileHandleForWriting.write(contentsOf: Data(trial.line.utf8))
  }

  /// What has come of the answer. Call when `readable` names this worker.
  func readAnswer() -> Answer {
    let data = output.fileHandleForReading.availableData
    guard !data.isEmpty else { return .died }
    buffer += data
    guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else { return .incomplete }
    let line = buffer[..<end]
    buffer = Data(buffer[buffer.index(after: end)...])
    guard let digest = try? JSONDecoder().decode(TrialDigest.self, from: Data(line)) else { return .died }
    return .digest(digest)
  }

  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Waits until some of the workers have something to say, and tells which.
  static func readable(_ workers: [Worker]) -> [Int] {
    var polls = workers.map { pollfd(fd: $0.current == nil ? -1 : $0.output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0) }
    poll(&polls, nfds_t(polls.count), -1)
    return polls.indices.filter { polls[$0].revents != 0 }
  }
}
