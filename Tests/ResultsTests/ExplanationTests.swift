import Foundation
import ResultSamples
import Testing

@testable import Results

@Suite struct ExplanationTests {
  private static func stored(_ text: String) throws -> ResultReader.Stored? { try ResultReader.stored(Data(text.utf8), at: "r.json", called: "r.json") }

  @Test func `An explanation reads back with its trial, and is missing where nobody asked for one`() throws {
    #expect(!SampleTrial.lossy.json.text.contains("\"explanation\""))
    let text = SampleTrial.explained.json.text
    let read = try JSONDecoder().decode(RunResult.self, from: Data(text.utf8))
    #expect(read.explanation == SampleTrial.explanation)
    #expect(read.json.text == text)
  }

  @Test(arguments: [
    ("\"neededBy\": 5", "\"neededBy\": 6", "line 4 is needed by line 6, which is not there"), ("\"neededBy\": 5", "\"neededBy\": 4", "line 4 is needed by line 4, which is not there"),
    ("\"kind\": \"evidence\"", "\"kind\": \"state\"", "an explanation ends with the evidence"),
  ])
  func `An explanation that contradicts itself is refused`(right: String, wrong: String, problem: String) throws {
    let text = SampleTrial.explained.json.text
    #expect(text.contains(right))
    let error = #expect(throws: ResultFileError.self) { try Self.stored(text.replacingOccurrences(of: right, with: wrong)) }
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }
}
