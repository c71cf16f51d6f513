import ArgumentParser
import Results
import Workloads

/// Where the history of a trial is written.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write what clients did and saw to a file: .edn as Jepsen does, or .jsonl. trial judge reads it.", valueName: "file"), completion: .file(extensions: ["edn", "jsonl"]))
  var history: String?

  /// Throws where the name of the file does not say how it is to be written.
  func check() throws {
    if let history, HistorySyntax(ofFile: history) == nil { throw ValidationError(Self.unknownSyntax(of: history)) }
  }

  static func unknownSyntax(of path: String) -> String { "'\(path)' does not say how the history is written: end its name in .edn or .jsonl" }

  /// Opens the file before the trial runs, so that nobody waits for a history that cannot be written; nil where nobody asked for one.
  func open() throws -> HistoryOutput? {
    guard let history, let syntax = HistorySyntax(ofFile: history) else { return nil }
    do {
      return HistoryOutput(file: try TraceFile(history), syntax: syntax)
    } catch {
      throw fail(error, .wrongUsage)
    }
  }
}

/// A file that a history is going to be written to.
struct HistoryOutput {
  let file: TraceFile
  let syntax: HistorySyntax

  func write(_ history: JudgedHistory?) throws(OutputError) {
    if let history { HistoryWriter(history, as: syntax).write { file.append(text: $0) } }
    try file.close()
  }
}
