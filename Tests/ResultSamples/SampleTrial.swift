import Measurement
import Primitives
import Results
import Workloads

/// A trial in which a leader was killed and what it alone held is gone: expected, but for one guarantee.
package enum SampleTrial {
  package static var lossy: RunResult {
    var delivery = Delivery()
    (delivery.sent, delivery.acked, delivery.lost, delivery.permittedLoss, delivery.deleted) = (800, 790, 39, 38, 4)
    delivery.permittedBy = [ReasonCount(reason: "acks=1", count: 38)]
    delivery.deletedBy = [ReasonCount(reason: "retention", count: 4)]
    func line(_ milliseconds: Int64, _ who: String, _ what: String, _ weight: StoryLine.Weight) -> StoryLine {
      StoryLine(time: .milliseconds(milliseconds), who: who, what: what, weight: weight)
    }
    return RunResult(
      scenario: "leader-crash", about: "A leader dies with records that nobody else has.", variant: "fixed", seed: .max, build: "trial 0.2.0", traceHash: 0xabc,
      events: 7_343, simulated: .milliseconds(40_665),
      verdicts: [
        Verdict(.lostWrite, examined: 800, cases: (101...108).map { "t-0: value \($0) was never read" }, caseCount: 39),
        Verdict(.duplicate, examined: 800, cases: []), Verdict(.availability, examined: 0, cases: []),
      ],
      delivery: delivery, faults: [FaultCount(name: "kill", planned: 1, hit: 1), FaultCount(name: "cut <b>", planned: 1, hit: 0)],
      bands: [FaultBand(fault: "kill", fromSeconds: 2, toSeconds: 10.5), FaultBand(fault: "cut <b>", fromSeconds: 9, toSeconds: nil)],
      sightings: [SightingCount(.isrShrink, count: 1), SightingCount(.leaderChange, count: 2)],
      expectations: [
        ExpectationResult("lost-write", "lost-write violated", .met), ExpectationResult("durability", "durability to hold", .notMet, advice: "use acks=all"),
      ],
      availability: Availability(bound: .seconds(57), withoutAcknowledgement: Availability.Gap(partition: "t-0", from: .seconds(2), length: .seconds(6))),
      story: [
        line(-293, "broker-1", "starts", .event), line(2_000, "fate", "broker-1 killed", .fault), line(2_500, "broker-2", "follows", .detail),
        line(7_829, "controller-1", "elected broker 2", .event), line(9_500, "trial", "t-0 lost records", .finding),
      ], replay: "trial replay leader-crash.yaml --seed 18446744073709551615 --variant fixed")
  }

  package static func sweep(of results: [RunResult]) -> VerifySummary {
    var summary = VerifySummary(replay: "trial verify leader-crash.yaml --seeds 1..3")
    for result in results { summary.add(result, cpuSeconds: 1) }
    return summary
  }

  /// A trial in which nothing happened.
  package static func result(_ verdicts: [Verdict] = [], expectations: [ExpectationResult] = [], faults: [FaultCount] = [], choices: [DrawnChoice] = []) -> RunResult {
    RunResult(
      scenario: "s", variant: nil, seed: 7, choices: choices, build: "b", traceHash: 0xabc, events: 5, simulated: .milliseconds(1_500), verdicts: verdicts,
      delivery: Delivery(), faults: faults, sightings: [], expectations: expectations, story: [], replay: "trial replay s.yaml --seed 7")
  }
}

extension SampleTrial {
  /// Why `lossy` lost a record.
  package static var explanation: Explanation {
    Explanation(
      guarantee: .lostWrite, evidence: "t-0: value 101 was never read",
      lines: [
        Explanation.Line(.client, seconds: 1, who: "shop", what: "sends value 101", neededBy: 2, why: "what was acknowledged"),
        Explanation.Line(.message, seconds: 1.5, who: "broker-1", what: "appends <the record>", neededBy: 4, why: "the record was written", from: "shop", sentSeconds: 1),
        Explanation.Line(
          .fault, seconds: 2, who: "schedule", what: "broker-1 killed", neededBy: 4, why: "the controller did not hear from it any more", nodes: ["broker-1"], untilSeconds: 10.5),
        Explanation.Line(.election, seconds: 7.829, who: "controller-1", what: "elected broker 2", neededBy: 5, why: "the first leader without the record"),
        Explanation.Line(.evidence, seconds: 40, who: "trial", what: "lost-write is violated: t-0: value 101 was never read"),
      ],
      leftOut: 3,
      faults: [
        Explanation.Fault(what: "broker-1 killed", seconds: 2, outcome: .prevented),
        Explanation.Fault(what: "cut <b>", seconds: nil, together: ["heal"], outcome: .same),
      ])
  }

  package static var explained: RunResult {
    var result = lossy
    result.explanation = explanation
    return result
  }
}
