import Foundation

/// A worker process that receives tasks and answers them, one line each: this program again, with a hidden command.
final class Worker {
  enum Answer {
    /// Complete lines.
    case lines([Data])
    /// The process ended.
    case died
  }

  /// The index of the current task in the list.
  var current: Int?

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffer = Data()

  init(arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: WorkerProcess.executable)
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  func give(_ task: String, index: Int) {
    current = index
    // A worker that has just died answers with the end of its output.
    try? input.fileHandleForWriting.write(contentsOf: Data((task + "\n").utf8))
  }

  /// Reads the answer so far. Call when `readable` returns this worker.
  func readAnswer() -> Answer {
    let data = output.fileHandleForReading.availableData
    guard !data.isEmpty else { return .died }
    buffer += data
    var lines: [Data] = []
    while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(Data(buffer[..<end]))
      buffer = Data(buffer[buffer.index(after: end)...])
    }
    return .lines(lines)
  }

  /// The exit code of a worker that died; nil if a signal ended it.
  func exitCode() -> Int32? {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }

  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Waits until some of the workers can be read, and returns them.
  static func readable(_ workers: [Worker]) -> [Int] {
    var polls = workers.map { pollfd(fd: $0.current == nil ? -1 : $0.output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0) }
    poll(&polls, nfds_t(polls.count), -1)
    return polls.indices.filter { polls[$0].revents != 0 }
  }
}
