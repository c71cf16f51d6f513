import ArgumentParser
import Foundation
import Results

/// Text that could not be written, and why.
struct OutputError: Error, CustomStringConvertible {
  let target: String
  let reason: String

  init(_ target: String, errno number: Int32) {
    self.target = target
    reason = String(cString: strerror(number))
  }

  var description: String { "\(target) cannot be written: \(reason)" }
}

/// Prints to standard output. In place of the standard library's function of this name, which does not tell what became of the text.
///
/// Where it cannot be written the process ends with 70, whatever it would have ended with, for whoever reads the text must not take it for whole.
func print(_ text: String, terminator: String = "\n") {
  do throws(OutputError) {
    try printNow(text + terminator)
  } catch {
    standardError("error: \(error)")
    _exit(Results.ExitCode.internalError.rawValue)
  }
}

/// Prints what somebody waits for, and leaves it to the caller what to do where it cannot be written.
func printNow(_ text: String) throws(OutputError) {
  do throws(SystemError) {
    try writeAll(text, to: STDOUT_FILENO)
  } catch {
    // Whoever reads has had enough.
    if error.number == EPIPE {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    throw OutputError("standard output", errno: error.number)
  }
}

/// What the parser of the command line prints goes through the C library, which looks at what became of it at the end, and tells nobody.
func watchStandardOutput() {
  atexit {
    guard fflush(nil) != 0 else { return }
    standardError("error: \(OutputError("standard output", errno: errno))")
    _exit(Results.ExitCode.internalError.rawValue)
  }
}

/// A line for people. Where it cannot be written there is nobody left to tell.
func standardError(_ text: String) { writeToStandardError(text + "\n") }

/// Text for the terminal, without an end of line.
func writeToStandardError(_ text: String) { try? writeAll(text, to: STDERR_FILENO) }

/// Writes a whole text to a descriptor. Throws the number of the error.
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

/// Ends the process with an error and its code.
func fail(_ error: some CustomStringConvertible, _ code: Results.ExitCode) -> ArgumentParser.ExitCode {
  standardError("error: \(error)")
  return ArgumentParser.ExitCode(code)
}

/// Writes a file into a folder, which is made where it does not exist. Ends the process with 64 where that is not possible.
func write(_ text: String, to name: String, in folder: String) throws {
  do {
    let own = (folder + "/" + name).split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  } catch let error as CocoaError {
    throw fail("\(folder): the results cannot be written there: \(error.localizedDescription)", .wrongUsage)
  }
}
