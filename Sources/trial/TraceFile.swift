import Foundation

/// A file of trace lines. A regular file is replaced; a device, a pipe or the target of a link is written to, and `-` is standard output.
///
/// If it cannot be written any more, the trial continues, and `close` reports the error.
final class TraceFile {
  let path: String
  private let descriptor: Int32
  private var buffer = ""
  private var error: OutputError?

  init(_ path: String) throws(OutputError) {
    self.path = path
    descriptor = path == "-" ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw OutputError(path, errno: errno) }
  }

  func append(_ line: String) { append(text: line + "\n") }

  /// Appends text that includes its line ends.
  func append(text: String) {
    buffer += text
    if buffer.utf8.count > 1 << 16 { flush() }
  }

  func close() throws(OutputError) {
    flush()
    if Foundation.close(descriptor) != 0, error == nil { error = OutputError(path, errno: errno) }
    if let error { throw error }
  }

  private func flush() {
    defer { buffer = "" }
    guard error == nil else { return }
    do throws(SystemError) {
      try writeAll(buffer, to: descriptor)
    } catch {
      self.error = OutputError(path, errno: error.number)
    }
  }
}
