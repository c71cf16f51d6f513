import Foundation
import Glibc
import Scenarios

/// A process that tells what happens in a run. It ends when nobody reads it any more.
final class TraceProcess: TraceLines {
  /// A line of a trace is no longer.
  private static let longestLine = 1 << 20
  /// How long a program may take for its first word. Whatever is no program of ours may wait for something forever.
  private static let patience: Int32 = 60_000

  /// For error messages.
  private let command: String
  private let process = Process()
  private let output = Pipe()
  private let errors: FileHandle
  private var buffer: [UInt8] = []
  /// The beginning of what was not read yet in `buffer`.
  private var start = 0
  private var hasBegun = false
  private var isOver = false
  /// Exit codes of a run that came to its end.
  private let expected: ClosedRange<Int32>

  /// - Parameter expected: the exit codes of a run that came to its end.
  init(_ program: String, _ arguments: [String], expected: ClosedRange<Int32>) throws(TraceError) {
    command = ([program] + arguments).map(\.quotedForShell).joined(separator: " ")
    self.expected = expected
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("trial-diff-\(UUID().uuidString)").path
    let descriptor = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .notRun(program: program, reason: "\(file): \(String(cString: strerror(errno)))") }
    unlink(file)
    errors = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    guard access(program, X_OK) == 0 else { throw .notRun(program: program, reason: String(cString: strerror(errno))) }
    do {
      try process.run()
    } catch {
      throw .notRun(program: program, reason: error.localizedDescription)
    }
  }

  deinit { stop() }

  func stop() {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// The next line; nil when the run has come to its end.
  func next() throws -> String? {
    while true {
      if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return String(decoding: buffer[start..<end], as: UTF8.self)
      }
      guard !isOver else { return nil }
      guard buffer.count - start < Self.longestLine else { throw noTrace(String(decoding: buffer[start..<start + 60], as: UTF8.self)) }
      buffer.removeFirst(start)
      start = 0
      try read()
    }
  }

  private func read() throws {
    let descriptor = output.fileHandleForReading.fileDescriptor
    if !hasBegun {
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, Self.patience) != 0 else { throw noTrace("nothing within a minute") }
      hasBegun = true
    }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    if count > 0 { return buffer.append(contentsOf: bytes[..<count]) }
    guard count == 0 else { throw TraceError.cutOff }
    isOver = true
    process.waitUntilExit()
    let isEnd = process.terminationReason == .exit && expected.contains(process.terminationStatus)
    if !isEnd {
      throw TraceError.ended(command: command, status: process.terminationReason == .exit ? "\(process.terminationStatus)" : "signal \(process.terminationStatus)", said: said)
    }
  }

  func noTrace(_ said: String) -> TraceError { .noTrace(command: command, said: said.quotable) }

  /// The first line that it wrote to standard error.
  private var said: String {
    try? errors.seek(toOffset: 0)
    let text = (try? errors.read(upToCount: 4_096)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.split(whereSeparator: \.isNewline).first.map { String($0).quotable } ?? ""
  }
}

/// The lines of `replay --json --quiet --trace -`, without the result among them.
final class ReplayedTrace: TraceLines {
  private let process: TraceProcess
  private var isInResult = false
  private var hasBegun = false

  init(_ process: TraceProcess) { self.process = process }

  func next() throws -> String? {
    while let line = try process.next() {
      // The result is one object, which comes before the last lines.
      if line == "{" { isInResult = true }
      if isInResult {
        isInResult = line != "}"
        continue
      }
      guard hasBegun || TracedEvent.isLine(line) else { throw process.noTrace(String(line.prefix(60))) }
      hasBegun = true
      return line
    }
    if !hasBegun { throw process.noTrace("") }
    return nil
  }

  func stop() { process.stop() }
}
