import ArgumentParser
import Primitives
import Report
import Results

/// What a sweep tells of the marks that its trials passed.
struct MarkOptions: ParsableArguments {
  @Flag(help: "Name the marks of rare places that no trial passed. `trial list --marks` tells what each means.")
  var marks = false

  @Flag(help: "End with 3 if no trial passed a mark that is not rare.")
  var requireMarks = false

  @Option(help: ArgumentHelp("Tell how many trials passed this mark, and which were the first. With --minutes and without --seeds, choose trials that come near it. Can be given several times.", valueName: "mark"), transform: Mark.init(parsing:))
  var seek: [Mark] = []

  var isEmpty: Bool { !marks && !requireMarks && seek.isEmpty }

  /// What is told behind the summary; nil if nothing was asked for.
  func text(of summary: VerifySummary) -> String? {
    let showsCold = marks || requireMarks && !summary.coldMarks(rare: false).isEmpty
    let texts = (showsCold ? [summary.coldMarksText] : []) + seek.map(summary.text(of:))
    return texts.isEmpty ? nil : texts.joined(separator: "\n")
  }

  /// The exit code of a sweep whose trials are judged already.
  func exitCode(of summary: VerifySummary) -> Results.ExitCode {
    let judged = summary.exitCode
    return judged == .asExpected && requireMarks && !summary.coldMarks(rare: false).isEmpty ? .notExercised : judged
  }
}

extension Mark {
  @Sendable fileprivate init(parsing name: String) throws {
    guard let mark = Mark(name: name) else {
      throw ValidationError("there is no mark '\(name)'. \(suggestion(for: name, among: Mark.allCases.map(\.name), or: "`trial list --marks` names them."))")
    }
    self = mark
  }
}
