import ArgumentParser
import Foundation
import Results

/// The error for text that could not be written.
struct OutputError: Error, CustomStringConvertible {
  let target: String
  let reason: String

  init(_ target: String, errno number: Int32) {
    self.target = target
    reason = String(cString: strerror(number))
  }

  var description: String { "\(target) cannot be written: \(reason)" }
}

/// Prints to standard output. Replaces the standard library's function of this name, which does not report write errors.
///
/// If the text cannot be written, the process exits with 70, whatever its exit code would have been, because a reader must not take the text for complete.
func print(_ text: String, terminator: String = "\n") {
  do throws(OutputError) {
    try printNow(text + terminator)
  } catch {
    standardError("error: \(error)")
    _exit(Results.ExitCode.internalError.rawValue)
  }
}

/// Prints text immediately, and throws if it cannot be written.
func printNow(_ text: String) throws(OutputError) {
  do throws(SystemError) {
    try writeAll(text, to: STDOUT_FILENO)
  } catch {
    // The reader has closed the pipe.
    if error.number == EPIPE {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    throw OutputError("standard output", errno: error.number)
  }
}

/// Exits with 70 if output of the command-line parser could not be written: it goes through the C library, which notices that only at the end, and does not report it.
func watchStandardOutput() {
  atexit {
    guard fflush(nil) != 0 else { return }
    standardError("error: \(OutputError("standard output", errno: errno))")
    _exit(Results.ExitCode.internalError.rawValue)
  }
}

/// A line for people. If it cannot be written there is no other place to report that.
func standardError(_ text: String) { writeToStandardError(text + "\n") }

/// Text for the terminal, without a line end.
func writeToStandardError(_ text: String) { try? writeAll(text, to: STDERR_FILENO) }

/// Writes a complete text to a descriptor. Throws the error number.
func writeAll(_ text: String, to descriptor: Int32) throws(SystemError) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0 {
      guard errno == EINTR else { throw SystemError(number: errno) }
    } else {
      bytes = bytes.dropFirst(written)
    }
  }
}

struct SystemError: Error {
  let number: Int32
}

/// Prints an error, and returns its exit code.
func fail(_ error: some CustomStringConvertible, _ code: Results.ExitCode) -> ArgumentParser.ExitCode {
  standardError("error: \(error)")
  return ArgumentParser.ExitCode(code)
}

/// Writes a file so that readers see it whole or not at all. A device or a pipe is written to as it is: to replace it by a file would take it away from everybody.
func write(_ text: String, to path: String) throws {
  var facts = stat()
  let isReplaced = stat(path, &facts) != 0 || facts.st_mode & S_IFMT == S_IFREG
  try text.write(toFile: path, atomically: isReplaced, encoding: .utf8)
}

/// Writes a file into a folder, which is created if missing. Exits with 64 if that is not possible.
func write(_ text: String, to name: String, in folder: String) throws {
  do {
    let own = (folder + "/" + name).split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    try write(text, to: folder + "/" + name)
  } catch let error as CocoaError {
    throw fail("\(folder): the results cannot be written there: \(error.localizedDescription)", .wrongUsage)
  }
}
