import Primitives
import Results
import Testing

@testable import Scenarios
@testable import Trials

/// When a failure became inevitable.
@Suite struct OddsSearchTests {
  /// Searches where the failure comes in futures of which a function of their instants says how many of ten it is.
  private func search(until end: Duration = .seconds(8), _ failures: @escaping (Duration) -> UInt64) throws -> (odds: FailureOdds, instants: Int) {
    let search = OddsSearch("durability", until: end, futures: 10, isOver: { false }) { futures in futures.map { $0.number <= failures($0.instant) } }
    var instants = 0
    try search.search { instants = $0 }
    return (search.odds, instants)
  }

  @Test func `The instant at which a failure becomes inevitable is found to within milliseconds`() throws {
    let event = Duration.milliseconds(3_217)
    let (odds, instants) = try search { $0 < event ? 1 : 10 }
    let rise = try #require(odds.rise)
    #expect(rise.from.instant < event && rise.to.instant >= event && rise.to.instant - rise.from.instant <= OddsSearch.resolution)
    #expect(rise.from.failures == 1 && rise.to.failures == 10)
    #expect(instants < 40 && odds.points.count == instants)
  }

  @Test func `A failure that was as likely at every instant has none`() throws {
    let (odds, instants) = try search { _ in 10 }
    #expect(odds.rise == nil && instants == 9)
  }

  @Test func `A failure that slowly becomes more likely is not looked at without end`() throws {
    let (odds, instants) = try search { UInt64(clamping: $0.nanoseconds / 800_000_000) }
    #expect(odds.rise == nil && instants == 9)
  }

  @Test func `It ends when its time is over, and futures that did not end count for nothing`() throws {
    var runs = 0
    let search = OddsSearch("durability", until: .seconds(8), futures: 10, isOver: { runs >= 3 }) { futures in
      runs += 1
      return futures.map { $0.number > 4 ? nil : true }
    }
    try search.search { _ in }
    #expect(search.odds.points.count == 3 && search.odds.points.allSatisfy { $0.futures == 4 && $0.failures == 4 })
  }

  private static let text = """
    name: odds
    about: Faults by chance.
    cluster: { brokers: 3 }
    topics: [{ name: t, replicas: [[1, 2, 3]] }]
    workload: [{ produce: { topic: t, rate: 50/s } }]
    faults: [{ from: 1s, to: 5s, random: { profile: { kill: 1, isolate: 1, slow: 1 }, every: 500ms } }]
    duration: 6s
    expect: { holds: all }
    """

  private func story(_ reseeding: Reseeding?) throws -> [StoryLine] {
    var options = Trial.Options(seed: 5)
    options.reseeding = reseeding
    return Trial(try ScenarioReader.read(text: Self.text, file: "odds.yaml"), options: options).run().story
  }

  @Test func `A trial with another future is the same up to its instant, and another one from there on`() throws {
    let instant = Duration.seconds(3), former = try story(nil), other = try story(Reseeding(at: instant, number: 1))
    #expect(former.filter { $0.time <= instant } == other.filter { $0.time <= instant })
    #expect(former != other)
    #expect(try story(Reseeding(at: instant, number: 1)) == other)
    #expect(try story(Reseeding(at: instant, number: 2)) != other)
    #expect(try story(Reseeding(at: instant, number: 0)) == former)
    // Nothing is left of it for the next trial of the thread.
    #expect(try story(nil) == former)
  }

  @Test func `A planned trial is read as it was written, and nothing else is`() {
    for planned in [PlannedTrial(file: "a b.yaml", seed: 7), PlannedTrial(file: "a,1.yaml", seed: .max, reseeding: Reseeding(at: .milliseconds(1_500), number: 3))] {
      let read = PlannedTrial(line: planned.line)
      #expect(read?.file == planned.file && read?.seed == planned.seed && read?.reseeding == planned.reseeding)
    }
    for line in ["", "7", "x a.yaml", "7,1 a.yaml", "7,-1,2 a.yaml", "7,1,2,3 a.yaml", "7,18446744073709551615,2 a.yaml"] { #expect(PlannedTrial(line: line) == nil) }
  }
}
