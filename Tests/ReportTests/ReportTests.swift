import Measurement
import ResultSamples
import Results
import Testing

@testable import Report

@Suite struct ReportTests {
  @Test func `A sweep without a trial has shown nothing`() {
    #expect(VerifySummary().exitCode == .notExercised)
    #expect(VerifySummary().text.contains("Nothing was run"))
  }

  @Test func `What is lost includes what is permitted`() {
    var result = SampleTrial.result()
    (result.delivery.acked, result.delivery.lost, result.delivery.permittedLoss, result.delivery.deleted) = (100, 9, 6, 4)
    result.delivery.permittedBy = [ReasonCount(reason: "acks=1", count: 6)]
    result.delivery.deletedBy = [ReasonCount(reason: "retention", count: 4)]
    #expect(result.summaryText.contains("; 9 lost (6 permitted by acks=1; 3 violations); 4 deleted (4 by retention)"))
    let text = result.json.text
    #expect(text.hasPrefix("{\n  \"format\": \(StoredFormat.current),\n"))
    for pair in ["\"lost\": 9", "\"permittedLoss\": 6", "\"deleted\": 4"] { #expect(text.contains(pair)) }
  }

  @Test func `A process that died is never a pass`() {
    var summary = VerifySummary()
    summary.addLost("s", seed: 3, replay: "trial replay s --seed 3")
    #expect(summary.exitCode == .internalError)
    #expect(summary.text.contains("trial replay s --seed 3"))
  }
}
