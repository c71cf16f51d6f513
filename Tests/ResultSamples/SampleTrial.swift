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
  package static func result(_ verdicts: [Verdict] = [], expectations: [ExpectationResult] = [], faults: [FaultCount] = []) -> RunResult {
    RunResult(
      scenario: "s", variant: nil, seed: 7, build: "b", traceHash: 0xabc, events: 5, simulated: .milliseconds(1_500), verdicts: verdicts,
      delivery: Delivery(), faults: faults, sightings: [], expectations: expectations, story: [], replay: "trial replay s.yaml --seed 7")
  }
}
