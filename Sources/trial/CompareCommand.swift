import ArgumentParser
import Compare
import Foundation
import Report
import Results
import Scenarios

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "compare", abstract: "Compare two results, and check that nothing got worse.",
    discussion: """
      Takes what trial bench --out or trial replay --out wrote, the name of a result that trial bench --save kept, or two folders of results. Files in \
      folders are matched by their names, rows by their settings.

        trial compare main out/bench.json --gate 'publish.p99 <= +2%'

      A gate is METRIC COMPARISON LIMIT. A limit with a sign is a difference from the baseline (+2%, -0%, +5ms); without one it is the figure itself \
      (20ms, 0, 200k/s); the word baseline is the baseline's figure. A * in a metric matches anything. "where acks=all" at the end picks rows.

        endToEnd.p99.9 <= 20ms
        throughput >= 200k/s where acks=all
        attribution.publish.mean.replication <= +5ms
        utilisation.*.disk <= 90%
        verdict.lost-write == holds

      --report DIR makes a page: what got worse first, both sides in charts, why, and every gate. Charts are drawn by gnuplot \
      (apt-get install gnuplot-nox).

      --gates reads gates from a YAML file; trial list --text gates/benchmarks prints one to start from. Without any gates, no figure may be worse than \
      the baseline, not even by a little: a simulated result has no noise.

      Exit codes: 0 all gates hold, 2 a gate broke or a row is missing, 3 a row measured nothing, 4 only improvements (with --strict), 64 wrong usage, \
      65 a bad file, 70 no gnuplot for --report.
      """)

  @Argument(help: ArgumentHelp("A result, its name, or a folder of results.", valueName: "baseline"), completion: .file())
  var baseline: String?

  @Argument(help: ArgumentHelp("The result, name or folder to check.", valueName: "candidate"), completion: .file())
  var candidate: String?

  @OptionGroup var gateOptions: GateOptions

  @Flag(help: "Exit with 4 if something got better and nothing worse: the baseline is out of date.")
  var strict = false

  @Option(
    name: .customLong("format"),
    help: ArgumentHelp("Also write this format, as a file with --out, otherwise to standard output. Can be given several times.", valueName: "format"))
  var formats: [ComparisonFormat] = []

  @Option(name: .customLong("report"), help: ArgumentHelp("Also make a page of the comparison in this folder.", valueName: "dir"), completion: .directory)
  var page: String?

  @Flag(help: "Show every figure that moved, including those that moved by less than 0.5 %.")
  var all = false

  @Flag(help: "Put known regressions into a copy of a result, and check that the gates catch every one. Uses a built-in result if none is given.")
  var selfTest = false

  @Flag(help: "With --self-test: test only the gates given, without the default ones.")
  var withoutDefaults = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if selfTest {
      guard candidate == nil else { throw ValidationError("--self-test takes one result, or none") }
      guard !strict, formats.isEmpty, page == nil else { throw ValidationError("--self-test has no --strict, no --format and no --report") }
      guard !withoutDefaults || !gateOptions.isEmpty else { throw ValidationError("--without-defaults leaves no gates: give some with --gate or --gates") }
    } else {
      guard candidate != nil else { throw ValidationError("two results are needed: trial compare BASELINE CANDIDATE") }
      guard !withoutDefaults else { throw ValidationError("--without-defaults needs --self-test; without it, gates given replace the default ones") }
      let texts = output.out == nil ? formats.reduce(0) { $0 + $1.fileCount } + (output.json ? 1 : 0) : 0
      guard texts <= 1 else { throw ValidationError("standard output has room for one text: give a folder with --out") }
    }
  }

  func run() throws {
    do {
      let gates = try gateOptions.gates()
      throw ArgumentParser.ExitCode(selfTest ? try testGates(gates) : try compare(gates))
    } catch let error as ResultFileError {
      try fail(error, .badInput)
    } catch let error as GnuplotError {
      try fail(error, .internalError)
    } catch let error as ComparisonError {
      try fail(error, .badInput)
    }
  }

  private func fail(_ error: some CustomStringConvertible, _ code: Results.ExitCode) throws {
    standardError("error: \(error)")
    throw ArgumentParser.ExitCode(code)
  }

  // MARK: Two results

  private func compare(_ gates: [Gate]) throws -> Results.ExitCode {
    let (old, new) = (try results(at: baseline ?? ""), try results(at: candidate ?? ""))
    let comparison = try Comparison(baseline: old, candidate: new, gates: gates)
    let files = formats.flatMap { $0.files(of: comparison) }
    let json = comparison.json(isStrict: strict).text
    if let out = output.out {
      try write(json, to: "compare.json", in: out)
      for file in files { try write(file.text, to: file.name, in: out) }
    }
    let text = output.fitted(output.quiet ? comparison.summary : comparison.text(isStrict: strict, showsAll: all, width: output.width))
    let own = output.json ? json : output.out == nil ? files.first?.text : nil
    show(own, text)
    if let page { try writePage(of: comparison, to: page) }
    return comparison.exitCode(isStrict: strict)
  }

  private func writePage(of comparison: Comparison, to folder: String) throws {
    let page = try ReportPage([.comparison(comparison)], draw: Gnuplot().draw)
    do {
      try page.write(to: folder)
    } catch let error as CocoaError {
      try fail("\(folder): the page cannot be written there: \(error.localizedDescription)", .wrongUsage)
    }
    if !output.quiet { standardError("\(folder)/index.html tells it with charts") }
  }

  private func results(at path: String) throws -> [StoredResult] {
    let contents = try ResultReader.contents(of: path)
    if !contents.others.isEmpty, !output.quiet { standardError("\(path): left out, as they are not results: \(contents.others.joined(separator: ", "))") }
    if contents.results.isEmpty, let sweep = contents.sweeps.first {
      throw ResultFileError(
        file: path, problem: "\(sweep.file) sums up many trials, and has no rows to compare", remedy: "Compare what trial bench or trial replay keeps with --out.")
    }
    return contents.results
  }

  /// Prints the text for scripts to standard output, and then the text for people to standard error, unless they want silence.
  private func show(_ machineText: String?, _ text: String) {
    guard let machineText else { return print(text) }
    print(machineText, terminator: "")
    if !output.quiet { standardError(text) }
  }

  // MARK: Self-test

  private func testGates(_ given: [Gate]) throws -> Results.ExitCode {
    let gates = (withoutDefaults ? [] : Gate.defaults) + given
    let tests = try (baseline.map { try results(at: $0) } ?? [StoredResult(file: "the built-in sample", .sample)]).map { ($0.file, try SelfTest($0, gates: gates)) }
    let codes = tests.map(\.1.exitCode)
    let code = codes.first { $0 == .gateBroken } ?? codes.first { $0 != .asExpected } ?? .asExpected
    let json = JSON.object([
      ("outcome", .string(code.word)), ("exitCode", .integer(Int64(code.rawValue))),
      ("results", .array(tests.map { file, test in .object([("file", .string(file)), ("selfTest", test.json)]) })),
    ]).text
    if let out = output.out { try write(json, to: "self-test.json", in: out) }
    show(output.json ? json : nil, tests.map { file, test in "\(file)\n\(output.quiet ? test.summary : test.text)" }.joined(separator: "\n\n"))
    return code
  }
}

extension ComparisonFormat: ExpressibleByArgument {}
