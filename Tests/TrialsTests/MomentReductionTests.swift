import Primitives
import Results
import Testing

@testable import Scenarios
@testable import Trials

/// Instants with names in the place of times.
@Suite struct MomentReductionTests {
  private let text = """
    name: named
    about: The leader is killed, and the next one when it leads.
    topics: [{ name: t, replicas: [[1, 2, 3]] }]
    workload: [{ produce: { topic: t, rate: 20/s, config: { acks: all } } }]
    faults:
      - { name: first, at: 2s, kill: 1 }
      - { name: second, at: 12340ms, for: 2s, kill: 2 }
    duration: 20s
    """

  private func reductions(_ comings: [(NamedInstant, Duration)], ofEntry entry: Int = 1) throws -> [[String]] {
    let moments = MomentReductions(document: try Value.parse(text, source: "named.yaml"), comings: comings.map { InstantRecorder.Coming(instant: $0, time: $1) })
    return moments.reductions(ofEntry: entry).map { $0.map { $0.document["faults"]?.elements?[entry]["after"]?.scalar ?? "" } }
  }

  @Test func `An entry may follow what came shortly before it, at once, after a round time, or after the exact one`() throws {
    let t = TopicPartition("t", 0)
    let found = try reductions([
      (.election(t, times: 1), .seconds(3)), (.fenced(1, times: 1), .milliseconds(11_000)), (.election(t, times: 2), .microseconds(11_022_500)), (.fenced(2, times: 1), .seconds(13)),
    ])
    #expect(found == [
      ["election(t-0, 2)", "election(t-0, 2) + 1s", "election(t-0, 2) + 1.3s", "election(t-0, 2) + 1.32s", "election(t-0, 2) + 1.318s", "election(t-0, 2) + 1.3175s"],
      ["fenced(1)", "fenced(1) + 1s", "fenced(1) + 1.3s", "fenced(1) + 1.34s"],
    ])
  }

  @Test func `Earlier entries come behind what happens in the cluster, and numbers of records last`() throws {
    let found = try reductions([
      (.fenced(1, times: 1), .milliseconds(11_500)), (.entry("first"), .seconds(12)), (.acknowledged(6), .milliseconds(12_100)), (.acknowledged(7), .milliseconds(12_200)),
    ])
    #expect(found.map { $0[0] } == ["fenced(1)", "first", "acked(7)"])
  }

  @Test func `An entry follows neither itself nor one below it`() throws {
    #expect(try reductions([(.entry("first"), .seconds(2)), (.entry("second"), .seconds(2))], ofEntry: 0).isEmpty)
  }

  @Test func `What replaces a time can be read`() throws {
    let coming = InstantRecorder.Coming(instant: .isr(TopicPartition("t", 0), [2, 3]), time: .seconds(12))
    let moments = MomentReductions(document: try Value.parse(text, source: "named.yaml"), comings: [coming])
    #expect(moments.entries == [0, 1])
    let scenario = try ScenarioDocument(moments.reductions(ofEntry: 1)[0][1].document, file: "named.yaml").scenario()
    #expect(scenario.faults[1].start == .instant(.isr(TopicPartition("t", 0), [2, 3]), plus: .milliseconds(300)))
  }

  @Test func `A trial writes down when instants come, and is the same trial`() throws {
    let scenario = try ScenarioReader.read(text: text, file: "named.yaml")
    var options = Trial.Options(seed: 1)
    let plain = Trial(scenario, options: options).run()
    options.recordsInstants = true
    let trial = Trial(scenario, options: options), result = trial.run(), t = TopicPartition("t", 0)
    #expect(result.traceHash == plain.traceHash)
    func times(_ instant: NamedInstant) -> [Duration] { trial.instants.filter { $0.instant == instant }.map(\.time) }
    #expect(times(.entry("first")) == [.seconds(2)])
    #expect(times(.entry("second")) == [.milliseconds(12_340)])
    let election = try #require(times(.election(t, times: 1)).first)
    #expect(election > .seconds(2) && election < .milliseconds(12_340))
    #expect(times(.fenced(1, times: 1)).count == 1 && times(.isr(t, [2, 3])).count == 1)
    #expect(trial.instants.map(\.time) == trial.instants.map(\.time).sorted())
    // An entry that waits for such an instant happens then.
    let waiting = try ScenarioReader.read(text: text.replacing("at: 12340ms", with: "after: election(t-0)"), file: "named.yaml")
    let waited = Trial(waiting, options: options)
    _ = waited.run()
    #expect(waited.instants.first { $0.instant == .entry("second") }?.time == election)
  }

  @Test func `A story in a few words has faults, elections and truncations, and says once what repeats`() {
    func line(_ seconds: Int64, _ who: String, _ what: String, _ weight: StoryLine.Weight = .event) -> StoryLine {
      StoryLine(time: .seconds(seconds), who: who, what: what, weight: weight)
    }
    let digest = FailureStory([
      line(-1, "controller-1", "elected broker 1 leader of t-0 for epoch 0, ISR [1, 2]"),
      line(1, "fate", "broker-1 killed", .fault), line(2, "broker-2", "starts"), line(3, "fate", "broker-1 killed", .fault),
      line(4, "controller-1", "elected broker 2 leader of t-0 for epoch 1, ISR [2]"),
      line(5, "broker-1", "truncated t-0 from 9 to 7, its high watermark being 7: it is a follower"),
      line(20, "trial", "the scenario is over; everything heals"),
      line(21, "controller-1", "elected broker 1 leader of t-0 for epoch 2, ISR [1, 2]"),
    ])
    #expect(
      digest.text == "1.000 s: broker-1 killed (2 times in all); 4.000 s: controller-1 elected broker 2 leader of t-0 for epoch 1, ISR [2]; "
        + "5.000 s: broker-1 truncated t-0 from 9 to 7, its high watermark being 7: it is a follower.")
  }
}
