import Measurement
import Primitives
import Results

extension VerifySummary {
  /// How many marks fired, for the end of the text; nil if no trial counted them.
  var marksLine: String? {
    guard !marks.isEmpty else { return nil }
    let common = Mark.allCases.filter { !$0.isRare }.count
    return "marks: \(grouped(marks.count)) of \(grouped(Mark.allCases.count)) fired, \(grouped(common - coldMarks(rare: false).count)) of the \(grouped(common)) common ones"
  }

  /// The marks that never fired, by name.
  public var coldMarksText: String {
    func line(_ title: String, _ marks: [Mark]) -> String? { marks.isEmpty ? nil : "\(title): \(marks.map(\.name).joined(separator: ", "))" }
    let lines = [line("cold", coldMarks(rare: false)), line("cold and rare", coldMarks(rare: true))].compactMap { $0 }
    return lines.isEmpty ? "no mark is cold" : lines.joined(separator: "\n")
  }

  /// How often one mark fired, and the commands that repeat the first trials in which it did.
  public func text(of mark: Mark) -> String {
    guard let sum = marks.first(where: { $0.mark == mark }) else { return "\(mark.name): in none of \(grouped(trials)) trials" }
    let share = fixed(Double(sum.trials) * 100 / Double(max(1, trials)), places: 1)
    return (["\(mark.name): in \(grouped(sum.trials)) of \(grouped(trials)) trials (\(share) %), \(grouped(sum.count)) times; first in"] + sum.first.map { "  \($0)" }).joined(separator: "\n")
  }
}

extension RunResult {
  /// The marks that the trial passed, the most frequent first.
  public var marksText: String {
    let passed = marks.sorted { ($1.count, $0.mark.rawValue) < ($0.count, $1.mark.rawValue) }
    return "marks: \(grouped(marks.count)) of \(grouped(Mark.allCases.count)) fired" + (passed.isEmpty ? "" : ": ") + passed.map { "\($0.mark.name) \(grouped($0.count))" }.joined(separator: ", ")
  }
}
