import Foundation
import Primitives
import ResultSamples
import Testing

@testable import Results

@Suite struct MarkSumTests {
  private static func trial(seed: UInt64, _ marks: [MarkCount]) -> RunResult {
    var result = SampleTrial.result()
    result.replay = "trial replay s.yaml --seed \(seed)"
    result.marks = marks
    return result
  }

  private static func read<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value { try JSONDecoder().decode(type, from: Data(text.utf8)) }

  @Test func `The marks of a trial read back, and are missing if none were counted`() throws {
    #expect(!SampleTrial.lossy.json.text.contains("\"marks\""))
    let told = Self.trial(seed: 1, [MarkCount(.tornTailCut, count: 2), MarkCount(.batchSplit, count: 7)])
    #expect(told.json.text.contains("\"marks\": {\n    \"torn-tail-cut\": 2,\n    \"batch-split\": 7\n  }"))
    #expect(try Self.read(RunResult.self, told.json.text) == told)
    let wrong = told.json.text.replacingOccurrences(of: "torn-tail-cut", with: "torn-tail")
    let error = #expect(throws: ResultFileError.self) { try ResultReader.stored(Data(wrong.utf8), at: "r.json", called: "r.json") }
    #expect(error?.problem.hasSuffix("there is no mark 'torn-tail'") == true, "\(error?.problem ?? "")")
  }

  @Test func `A sweep adds up in how many trials a mark was passed and how often, with the first of them`() throws {
    let split = MarkCount(.batchSplit, count: 2)
    let trials = [[split], [], [MarkCount(.tornTailCut, count: 1), split], [split], [split]].enumerated().map { Self.trial(seed: UInt64($0.offset + 1), $0.element) }
    let whole = SampleTrial.sweep(of: trials)
    #expect(whole.marks == [
      MarkSum(.tornTailCut, trials: 1, count: 1, first: ["trial replay s.yaml --seed 3"]),
      MarkSum(.batchSplit, trials: 4, count: 8, first: [1, 3, 4].map { "trial replay s.yaml --seed \($0)" }),
    ])
    var merged = SampleTrial.sweep(of: Array(trials[..<3]))
    merged.add(SampleTrial.sweep(of: Array(trials[3...])))
    #expect(merged.marks == whole.marks)
    let again = try Self.read(VerifySummary.self, whole.json.text)
    #expect(again.marks == whole.marks && again.json.text == whole.json.text)
    #expect(!SampleTrial.sweep(of: [SampleTrial.lossy]).json.text.contains("\"marks\""))
  }

  @Test func `A mark that no trial passed is cold`() {
    let all = Mark.allCases.map { MarkCount($0, count: 1) }
    #expect(SampleTrial.sweep(of: [Self.trial(seed: 1, all)]).coldMarks(rare: true) == [] && SampleTrial.sweep(of: [Self.trial(seed: 1, all)]).coldMarks(rare: false) == [])
    for rare in [true, false] {
      let cold = Mark.allCases.first { $0.isRare == rare }!
      let summary = SampleTrial.sweep(of: [Self.trial(seed: 1, all.filter { $0.mark != cold })])
      #expect(summary.coldMarks(rare: rare) == [cold] && summary.coldMarks(rare: !rare) == [])
    }
  }
}
