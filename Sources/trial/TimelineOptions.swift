import ArgumentParser
import Measurement
import Primitives
import Report
import Results
import Scenarios
import Trials

/// The options that say where to write the course of a trial for tools that show it over time.
struct TimelineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the story as a trace for ui.perfetto.dev and chrome://tracing: requests, disks, elections, faults and offsets over time, with the messages between nodes.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var perfetto: String?

  @Option(
    help: ArgumentHelp("Write the story as a log with vector clocks for ShiViz: messages that carry something, what nodes report, and faults.", valueName: "file"),
    completion: .file(extensions: ["log"]))
  var shiviz: String?

  /// Throws if both go to the same file, or one to standard output, which has the result.
  func check() throws {
    for (option, file) in [("--perfetto", perfetto), ("--shiviz", shiviz)] where file == "-" {
      throw ValidationError("standard output has the result already: give \(option) a file")
    }
    if let perfetto, perfetto == shiviz { throw ValidationError("--perfetto and --shiviz both write to \(perfetto): give each a file of its own") }
  }

  /// Opens the files before the trial runs, so that an unwritable file is noticed early; nil if none was requested.
  func open(_ scenario: Scenario, seed: UInt64) throws -> TimelineOutput? {
    guard perfetto != nil || shiviz != nil else { return nil }
    do {
      return try TimelineOutput(perfetto: perfetto.map { try TraceFile($0) }, shiviz: shiviz.map { try TraceFile($0) }, scenario, seed: seed)
    } catch let error as OutputError {
      throw fail(error, .wrongUsage)
    }
  }
}

/// The files to which the course of a trial is written while it runs.
final class TimelineOutput {
  private let perfettoFile: TraceFile?
  private let perfetto: PerfettoTrace?
  private let shivizFile: TraceFile?
  private let shiviz: ShiVizLog?

  init(perfetto: TraceFile?, shiviz: TraceFile?, _ scenario: Scenario, seed: UInt64) {
    perfettoFile = perfetto
    shivizFile = shiviz
    let about: [(String, JSON)] = [
      ("scenario", .string(scenario.name)), ("variant", scenario.variant.map { .string($0) } ?? .null), ("seed", .string("\(seed)")),
      ("replay", .string(scenario.replayCommand(seed: seed))),
    ]
    self.perfetto = perfetto.map { file in PerfettoTrace(about: about) { file.append(text: $0) } }
    self.shiviz = shiviz.map { file in ShiVizLog { file.append(text: $0) } }
  }

  func add(_ event: TimelineEvent) {
    perfetto?.add(event)
    shiviz?.add(event)
  }

  /// Ends the files, and returns a line about each.
  func finish() throws(OutputError) -> [String] {
    var lines: [String] = []
    if let perfetto, let perfettoFile {
      perfetto.finish()
      try perfettoFile.close()
      lines.append("\(perfettoFile.path): \(perfetto.eventCount) events. Open it in https://ui.perfetto.dev")
    }
    if let shiviz, let shivizFile {
      try shivizFile.close()
      lines.append("\(shivizFile.path): \(shiviz.eventCount) events\(shiviz.leftOut). Choose it as the file on ShiViz's page")
    }
    return lines
  }
}

extension ShiVizLog {
  /// What the bound kept out.
  fileprivate var leftOut: String {
    if let end { return ", as many as it may have: the rest of the story, from \(seconds(end)) on, is left out" }
    return recordsEnd.map { "; from \(seconds($0)) on without what is about records" } ?? ""
  }

  private func seconds(_ time: Duration) -> String { "\(fixed(time.seconds, places: 3)) s" }
}
