import Foundation
import Measurement
import ResultSamples
import Results
import Testing
import Workloads

@testable import Report

@Suite struct TrialPageTests {
  private static func text(_ path: String, of subjects: ReportPage.Subject...) throws -> String { try PageTests.text(path, of: PageTests.page(subjects)) }

  private static func sections(_ html: String) -> [String] { html.matches(of: /<section id="([^"]*)"/).map { String($0.1) } }

  @Test func `A trial has every part that a reader asks for`() throws {
    let html = try Self.text("index.html", of: .trial(SampleTrial.lossy))
    #expect(Self.sections(html) == ["findings", "guarantees", "story", "delivery", "exercised", "run", "repeat"])
    for fact in [
      "leader-crash (fixed), seed 18446744073709551615", "A leader dies with records that nobody else has.", "<strong>not as expected</strong>",
      "Expected durability to hold: not met</strong>. use acks=all", "lost-write: 39 violations, the first 8 told", "t-0: value 101 was never read",
      "<summary>3 more</summary>", "38 lost, permitted by acks=1", "4 deleted by retention", "isr-shrink", "trial replay leader-crash.yaml --seed 18446744073709551615 --variant fixed",
      "<code>0000000000000abc</code>", "40.7 s",
    ] { #expect(html.contains(fact), "\(fact)") }
    #expect(!html.contains("<b>"))
  }

  @Test func `Each line of the story names the active faults`() throws {
    let html = try Self.text("index.html", of: .trial(SampleTrial.lossy))
    let rows = html.matches(of: /<tr[^>]*><td class="number" data-key="[^"]*">([-.\d]+)<\/td><td>([^<]*)<\/td><td[^>]*>([^<]*)<\/td><td>([^<]*)<\/td><\/tr>/)
      .map { "\($0.1) \($0.2): \($0.3) [\($0.4)]" }
    #expect(
      rows == [
        "-0.293 broker-1: starts []", "2.000 fate: broker-1 killed (fate carries out the faults of the scenario) [kill]", "7.829 controller-1: elected broker 2 [kill]",
        "9.500 trial: t-0 lost records (trial tells what only an observer of all nodes can see) [kill; cut &lt;b&gt;]",
      ])
    #expect(html.contains("<tr class=\"marked\"><td class=\"number\" data-key=\"2.0\">2.000</td>"))
  }

  @Test func `When a failure became inevitable is told with its chart and with what happened then`() throws {
    var result = SampleTrial.lossy
    result.odds = FailureOdds(
      guarantee: "lost-write",
      points: [(0, 1), (7_000, 2), (8_000, 9), (9_000, 10)].map { FailureOdds.Point(at: .milliseconds($0.0), futures: 10, failures: $0.1) })
    let html = try Self.text("index.html", of: .trial(result))
    #expect(Self.sections(html).prefix(3) == ["findings", "odds", "guarantees"])
    #expect(html.contains("Of the futures that the trial had at 7.000 s, 2 of 10 violate lost-write; at 8.000 s it is 9 of 10."))
    let section = html.split(separator: "<section id=\"odds\"")[1].split(separator: "</section>")[0]
    #expect(section.contains("elected broker 2") && !section.contains("broker-1 killed") && section.contains("<svg"))
    result.odds?.points = []
    #expect(Chart.odds(result) == nil)
  }

  @Test func `A trial without faults has a story without bands`() throws {
    var result = SampleTrial.lossy
    (result.bands, result.faults) = ([], [])
    #expect(!(try Self.text("index.html", of: .trial(result))).contains("faults at work"))
    result.story = []
    #expect(Self.sections(try Self.text("index.html", of: .trial(result))) == ["findings", "guarantees", "delivery", "exercised", "run", "repeat"])
    #expect(Chart.story(result) == nil)
  }

  @Test func `Of many expectations those that are met are there for whoever asks, and what is violated comes first`() throws {
    var result = SampleTrial.result([Verdict(.lostWrite, examined: 1, cases: []), Verdict(.duplicate, examined: 1, cases: ["t-0: twice"])])
    result.expectations = (0..<12).map { ExpectationResult("e\($0)", "e\($0) to hold", $0 == 7 ? .notMet : .met) }
    let html = try Self.text("index.html", of: .trial(result))
    #expect(html.contains("<summary>11 other expectations are met</summary>"))
    #expect(html.firstRange(of: "e7 to hold</th>")!.lowerBound < html.firstRange(of: "11 other expectations")!.lowerBound)
    #expect(html.firstRange(of: ">duplicate</th>")!.lowerBound < html.firstRange(of: ">lost-write</th>")!.lowerBound)
    #expect(result.summaryText.contains("11 other expectations are met") && !result.summaryText.contains("expected e3"))
  }

  @Test func `Faults of one entry share a line of the chart of the story`() throws {
    var result = SampleTrial.lossy
    result.bands = [FaultBand(fault: "random", fromSeconds: 1, toSeconds: 2), FaultBand(fault: "random", fromSeconds: 5, toSeconds: 6)]
    let script = try #require(Chart.story(result)).script
    #expect(script.contains("'random' 0.0") && script.contains("1.5 0.0 1.0 2.0") && script.contains("5.5 0.0 5.0 6.0"))
  }

  @Test func `The chart of a story has a line for each fault and each teller`() throws {
    let chart = try #require(Chart.story(SampleTrial.lossy))
    #expect(chart.description == "Faults: kill from 2 s to 10.5 s; cut <b> from 9 s on.")
    #expect(chart.curveTitles == ["fault at work", "something happened", "a guarantee broke"])
    for name in ["'kill' 0.0", "'cut <b>' 1.0", "'controller-1' 2.0", "'trial' 3.0"] { #expect(chart.script.contains(name), "\(name)") }
    // What came before the scenario, what fate did and what only details tell is not among the marks.
    #expect(!chart.script.contains("'broker-1'") && !chart.script.contains("'fate'") && !chart.script.contains("'broker-2'"))
  }

  @Test func `A chart of many nodes has the busiest`() throws {
    var result = SampleTrial.lossy
    result.bands = []
    result.story = (0..<100).map { StoryLine(time: .seconds($0), who: "client-\($0 % 60)", what: "starts", weight: .event) }
    let chart = try #require(Chart.story(result))
    #expect(chart.script.contains("the 40 with the most lines"))
    #expect(chart.script.contains("'client-39' 39.0") && !chart.script.contains("'client-40'"))
  }

  @Test func `A sweep shows what failed, with evidence and command`() throws {
    var failed = SampleTrial.lossy
    failed.expectations[0].conclusion = .notMet
    let html = try Self.text("index.html", of: .sweep(SampleTrial.sweep(of: [failed, failed, SampleTrial.result()])))
    #expect(Self.sections(html) == ["findings", "failures", "guarantees", "delivery", "exercised", "repeat"])
    for fact in [
      "1 of 3 trials ended as expected, 2 did not", "Violated: lost-write in 2.", "leader-crash (fixed): lost-write violated: not met, in 2 trials, first with seed 18446744073709551615",
      "t-0: value 103 was never read", "trial replay leader-crash.yaml --seed 18446744073709551615 --variant fixed", "trial verify leader-crash.yaml --seeds 1..3",
    ] { #expect(html.contains(fact), "\(fact)") }
    let markdown = try Self.text("report.md", of: .sweep(SampleTrial.sweep(of: [SampleTrial.result()])))
    #expect(!markdown.contains("## Failures") && markdown.contains("No guarantee was violated."))
  }

  @Test func `Trials, sweeps and benchmarks share a page but no id`() throws {
    let sweep = SampleTrial.sweep(of: [SampleTrial.lossy])
    let html = try Self.text("index.html", of: .trial(SampleTrial.lossy), .trial(SampleTrial.lossy), .sweep(sweep), .sweep(sweep), .benchmark(SampleBench.fault))
    let ids = html.matches(of: /\bid="([^"]*)"/).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
    for id in ["trial-leader-crash-2-story", "verify-2-repeat", "bench-fault-during-load-findings"] { #expect(ids.contains(id), "\(id)") }
    let links = html.matches(of: /href="#([^"]*)"/).map { String($0.1) }
    #expect(Set(links).isSubset(of: Set(ids)))
  }
}
