import ArgumentParser
import Compare
import Foundation
import Report
import Results
import Scenarios

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "compare", abstract: "Hold a result against another, and say what moved and why.",
    discussion: """
      Takes the files that bench --out and replay --out keep, or two folders of them; files of folders belong together by their names, \
      rows by their settings.

        trial compare results/benchmarks/acks.json out/bench.json
        trial compare main/ branch/ --gate 'publish.p99 <= +2%' --gate 'lost == 0'

      A gate is METRIC COMPARISON BOUND: a number with a sign is a difference to the baseline (+2%, -0%, +5ms), one without is the figure itself \
      (20ms, 0, 200k/s), baseline is the baseline's value. * in a metric stands for anything, and where acks=all at the end picks rows:

        endToEnd.p99.9 <= 20ms
        throughput >= 200k/s where acks=all
        attribution.publish.mean.replication <= +5ms
        utilisation.*.disk <= 90%
        verdict.lost-write == holds

      --report DIR makes a page: what got worse first, both sides in charts, why, and every gate. Charts are drawn by gnuplot \
      (apt-get install gnuplot-nox).

      Without --gate nothing that was measured may be worse than the baseline, by nothing at all: a simulated result has no noise.

      Exit codes: 0 all gates hold, 2 a gate broke or a row is missing, 3 a row measured nothing, 4 only improvements (with --strict), 64 wrong usage, \
      65 a bad file, 70 no gnuplot for --report.
      """)

  @Argument(help: ArgumentHelp("A result or a folder of results.", valueName: "baseline"), completion: .file())
  var baseline: String?

  @Argument(help: ArgumentHelp("The result or folder to judge.", valueName: "candidate"), completion: .file())
  var candidate: String?

  @Option(name: .customLong("gate"), help: ArgumentHelp("What must hold, such as 'publish.p99 <= +2%'. May stand several times; replaces the default gates.", valueName: "expr"))
  var gates: [String] = []

  @Flag(help: "Exit with 4 where nothing got worse and something better: the baseline is out of date.")
  var strict = false

  @Option(
    name: .customLong("format"),
    help: ArgumentHelp("Also write \(ComparisonFormat.allCases.map(\.rawValue).joined(separator: ", ")). May stand several times; one alone goes to standard output without --out.", valueName: "format"))
  var formats: [ComparisonFormat] = []

  @Option(name: .customLong("report"), help: ArgumentHelp("Also make a page of the comparison in this folder.", valueName: "dir"), completion: .directory)
  var page: String?

  @Flag(help: "Put known regressions into a copy of a result (of a built-in one where none is given), and see that the default gates and those given catch every one.")
  var selfTest = false

  @Flag(help: "With --self-test: leave the default gates out, to see what those given miss by themselves.")
  var withoutDefaults = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if selfTest {
      guard candidate == nil else { throw ValidationError("--self-test takes one result, or none") }
      guard !strict, formats.isEmpty, page == nil else { throw ValidationError("--self-test has no --strict, no --format and no --report") }
      guard !withoutDefaults || !gates.isEmpty else { throw ValidationError("--without-defaults leaves no gates: give some with --gate") }
    } else {
      guard candidate != nil else { throw ValidationError("two results are needed: trial compare BASELINE CANDIDATE") }
      guard !withoutDefaults else { throw ValidationError("--without-defaults goes with --self-test; without it, gates given replace the default ones") }
      let texts = output.out == nil ? formats.reduce(0) { $0 + $1.fileCount } + (output.json ? 1 : 0) : 0
      guard texts <= 1 else { throw ValidationError("standard output has room for one text: give a folder with --out") }
    }
  }

  func run() throws {
    do {
      let gates = try gates.map { gate throws(GateError) in try Gate(parsing: gate) }
      throw ArgumentParser.ExitCode(selfTest ? try testGates(gates) : try compare(gates))
    } catch let error as GateError {
      try fail(error, .wrongUsage)
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
    let text = output.quiet ? comparison.summary : comparison.text(isStrict: strict)
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

  /// What scripts read goes to standard output, and then what people read to standard error, unless they want silence.
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
