import Primitives
import ResultSamples
import Results
import Testing

@testable import Report

@Suite struct MarksTextTests {
  private static func sweep(_ marks: [[Mark]]) -> VerifySummary {
    SampleTrial.sweep(of: marks.map { marks in
      var result = SampleTrial.result()
      result.marks = marks.map { MarkCount($0, count: 3) }
      return result
    })
  }

  @Test func `A sweep ends with how many marks fired, if they were counted`() {
    let all = Mark.allCases, common = all.filter { !$0.isRare }
    #expect(Self.sweep([all]).text.contains("marks: \(all.count) of \(all.count) fired, \(common.count) of the \(common.count) common ones"))
    #expect(Self.sweep([Array(common.dropFirst()), []]).text.contains("marks: \(common.count - 1) of \(all.count) fired, \(common.count - 1) of the \(common.count) common ones"))
    #expect(!Self.sweep([[]]).text.contains("marks:"))
  }

  @Test func `Cold marks are named, the common ones first`() {
    let all = Mark.allCases, common = all.first { !$0.isRare }!
    #expect(Self.sweep([all]).coldMarksText == "no mark is cold")
    #expect(Self.sweep([all.filter { $0 != common && $0 != .offsetMapFull && $0 != .topicIDConflict }]).coldMarksText == "cold: \(common.name)\ncold and rare: topic-id-conflict, offset-map-full")
  }

  @Test func `A mark that is sought has its share and its first trials`() {
    let sweep = Self.sweep([[.batchSplit], [], [.batchSplit], []])
    let replay = "  trial replay s.yaml --seed 7"
    #expect(sweep.text(of: .batchSplit) == "batch-split: in 2 of 4 trials (50.0 %), 6 times; first in\n\(replay)\n\(replay)")
    #expect(sweep.text(of: .tornTailCut) == "torn-tail-cut: in none of 4 trials")
  }

  @Test func `A trial tells its marks, the most frequent first`() {
    var result = SampleTrial.result()
    #expect(result.marksText == "marks: 0 of \(Mark.allCases.count) fired")
    result.marks = [MarkCount(.tornTailCut, count: 1), MarkCount(.batchRetried, count: 1_200), MarkCount(.batchSplit, count: 1)]
    #expect(result.marksText == "marks: 3 of \(Mark.allCases.count) fired: batch-retried 1 200, torn-tail-cut 1, batch-split 1")
  }
}
