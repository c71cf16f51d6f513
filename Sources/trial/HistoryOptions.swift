import ArgumentParser
import Results
import Workloads

/// The options that say where to write the history of a trial.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write what clients did and saw to a file: .edn as Jepsen does, or .jsonl. trial judge reads it.", valueName: "file"), completion: .file(extensions: ["edn", "jsonl"]))
  var history: String?

  /// Throws if the file name's extension is not that of a history format.
  func check() throws {
    if let history, HistorySyntax(ofFile: history) == nil { throw ValidationError(Self.unknownSyntax(of: history)) }
  }

  static func unknownSyntax(of path: String) -> String { "'\(path)' does not say how the history is written: end its name in .edn or .jsonl" }

  /// Opens the file before the trial runs, so that an unwritable file is noticed early; nil if no history was requested.
  func open() throws -> HistoryOutput? {
    guard let history, let syntax = HistorySyntax(ofFile: history) else { return nil }
    do {
      return HistoryOutput(file: try TraceFile(history), syntax: syntax)
    } catch {
      throw fail(error, .wrongUsage)
    }
  }
}

/// A file to which a history will be written.
struct HistoryOutput {
  let file: TraceFile
  let syntax: HistorySyntax

  func write(_ history: JudgedHistory?) throws(OutputError) {
    if let history { HistoryWriter(history, as: syntax).write { file.append(text: $0) } }
    try file.close()
  }
}
