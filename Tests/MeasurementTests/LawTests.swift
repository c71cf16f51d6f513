import Host
import Primitives
import ResultSamples
import Testing
import Workloads

@testable import Measurement

@Suite struct LawTests {
  static func check(_ law: Law, _ input: MeasurementInput) -> LawCheck? { Metrics(input).laws.first { $0.law == law } }

  static func station(_ change: (inout StationReport) -> Void) -> MeasurementInput {
    var report = StationReport.halfBusy()
    change(&report)
    return MeasuredLoad().input(stations: [report])
  }

  // MARK: Little and utilisation

  @Test func `Little's law holds if time and jobs are counted alike`() {
    let check = Self.check(.little, Self.station { _ in })
    #expect(check?.holds == true)
    #expect(check?.examined == 2)
  }

  @Test func `A job that is counted in the queue but not in the time breaks Little's law`() {
    let check = Self.check(.little, Self.station { $0.area += 1_000 })
    #expect(check?.holds == false)
    #expect(check?.figures == "2 of 2 broken; worst: broker-1: processor: 0.750001 jobs there on average, rate times mean time gives 0.75")
    #expect(!Metrics(Self.station { $0.area += 1_000 }).isValid)
  }

  @Test func `A mean that does not belong to the other figures breaks Little's law`() {
    let report = StationReport.halfBusy()
    var printed = StationMetrics(report)
    printed.meanMilliseconds? *= 1.001
    #expect(Law.little([report], [printed])?.holds == false)
    #expect(Law.little([report], [StationMetrics(report)])?.holds == true)
  }

  @Test func `A station without jobs is not examined`() {
    let idle = StationReport(node: "broker-1", kind: .disk, servers: 1, isOfClient: false, window: .seconds(1))
    #expect(Law.little([idle], [StationMetrics(idle)]) == nil)
  }

  @Test func `A station cannot be busier than its number of servers`() {
    #expect(Self.check(.utilisation, Self.station { _ in })?.holds == true)
    #expect(Self.check(.utilisation, Self.station { $0.busy = .seconds(1) })?.holds == true)
    #expect(Self.check(.utilisation, Self.station { $0.busy = .milliseconds(1_001) })?.holds == false)
    #expect(Self.check(.utilisation, Self.station { ($0.busy, $0.servers) = (.milliseconds(1_001), 2) })?.holds == true)
  }

  @Test func `Utilisation is rate times service time`() {
    var printed = StationMetrics(StationReport.halfBusy())
    printed.serviceMilliseconds = 0.9
    let check = Law.utilisation([printed])
    #expect(check?.holds == false)
    #expect(check?.figures == "1 of 2 broken; worst: broker-1: processor: utilisation 0.5, rate times service time 0.45")
  }

  // MARK: Conservation

  static func conserved(_ change: (inout BatchTimes) -> Void = { _ in }, deliveredTo partition: Int32 = 0, counts: Delivery? = nil) -> LawCheck? {
    var load = MeasuredLoad()
    let values = load.batch(intended: [1_000, 2_000], finished: 5_000, change)
    load.batch(intended: [3_000], baseOffset: 2, finished: 5_000, outcome: .failed)
    load.log.addSend(of: 3, intended: .zero, sent: .zero, bytes: 1)
    load.deliver(values, partition: partition, at: 150_000)
    return check(.conservation, load.input(end: 300_000, delivery: DeliveryFacts(counts: counts)))
  }

  @Test func `Produced records are acknowledged, failed or open, and acknowledged ones are consumed or wait`() {
    #expect(Self.conserved()?.holds == true)
    // All records, and the windows of one partition and one group.
    #expect(Self.conserved()?.examined == 4)
  }

  @Test func `A batch that claims more records than it had breaks conservation`() {
    let check = Self.conserved { $0.recordCount = 3 }
    #expect(check?.holds == false)
    #expect(check?.figures.hasSuffix("worst: 4 produced, 3 acknowledged + 1 failed + 0 unknown + 1 open") == true)
  }

  @Test func `A record that comes out of another partition than it went into breaks conservation`() {
    #expect(Self.conserved(deliveredTo: 1)?.holds == false)
  }

  @Test func `History and clients count the same records`() {
    var counts = Delivery()
    (counts.sent, counts.acked, counts.failed, counts.unknown) = (4, 2, 1, 1)
    #expect(Self.conserved(counts: counts)?.holds == true)
    counts.acked = 3
    let check = Self.conserved(counts: counts)
    #expect(check?.figures == "1 of 7 broken; worst: 3 acknowledged by the history, 2 by the clients")
  }

  // MARK: Batches and connections

  static func batched(linger: Duration = .milliseconds(5), size: Int = 16_384, isCompressed: Bool = false, _ change: (inout BatchTimes) -> Void) -> LawCheck? {
    var load = MeasuredLoad(), facts = LawFacts.one
    facts.producers[0].linger = linger
    facts.producers[0].batchSize = size
    facts.producers[0].isCompressed = isCompressed
    load.batch(intended: [1_000, 1_000], finished: 20_000, change)
    return check(.batch, load.input(facts: facts))
  }

  @Test func `No batch waits for records longer than its linger`() {
    #expect(Self.batched { $0.ready = MeasuredLoad.at(6_000) }?.holds == true)
    let check = Self.batched { $0.ready = MeasuredLoad.at(6_001) }
    #expect(check?.figures == "1 of 2 broken; worst: a batch waited 5.001 ms for records, linger.ms is 5 ms")
  }

  @Test func `No batch of several records is larger than batch.size`() {
    #expect(Self.batched(size: 1_000) { $0.plainBytes = 1_000 }?.holds == true)
    #expect(Self.batched(size: 1_000) { $0.plainBytes = 1_001 }?.holds == false)
    #expect(Self.batched(size: 1_000, isCompressed: true) { $0.plainBytes = 1_001 }?.holds == true)
  }

  static func connected(maxInFlight: Int, batches: Int64 = 100) -> LawCheck? {
    var load = MeasuredLoad(), facts = LawFacts.one
    facts.producers[0].maxInFlight = maxInFlight
    // Each takes 20 ms, and one comes every 10 ms: two are under way.
    for number in 0..<batches { load.batch(intended: [number * 10_000], baseOffset: number, finished: number * 10_000 + 20_000) }
    return check(.window, load.input(facts: facts))
  }

  @Test func `A connection carries no more than its limit in a round trip`() {
    #expect(Self.connected(maxInFlight: 2)?.holds == true)
    let check = Self.connected(maxInFlight: 1)
    #expect(check?.holds == false)
    #expect(check?.figures == "1 of 1 broken; worst: partition 0: 0.0098 MB/s; 1 batch in flight of 100 bytes, answered after 20 ms, could carry 0.0051 MB/s")
  }

  @Test func `With acks=0 nothing is in flight`() {
    var load = MeasuredLoad(), facts = LawFacts.one
    facts.producers[0].acks = 0
    load.batch(intended: [1_000], finished: 2_000)
    #expect(Self.check(.window, load.input(facts: facts)) == nil)
  }

  static func replicated(answered: Int64, factor: Int = 3, acks: Int16 = -1, attempts: Int32 = 1) -> LawCheck? {
    var load = MeasuredLoad(), facts = LawFacts.one
    facts.replicationFactor = factor
    facts.producers[0].acks = acks
    facts.followerRoundTrip = .microseconds(100)
    load.batch(intended: [0], finished: 1_000) {
      $0.exchange = .at(0, 50, 60, 70, answered, answered, answered, answered)
      $0.attempts = attempts
    }
    return check(.replication, load.input(facts: facts))
  }

  @Test func `An acknowledgement with acks=all takes a follower's round trip`() {
    #expect(Self.replicated(answered: 160)?.holds == true)
    let check = Self.replicated(answered: 159)
    #expect(check?.figures == "1 of 1 broken; worst: acknowledged 99 µs after the leader had it, a follower's fetch takes 100 µs")
  }

  @Test func `The law of replication applies to acks=all, several replicas, and first attempts`() {
    #expect(Self.replicated(answered: 70, factor: 1) == nil)
    #expect(Self.replicated(answered: 70, acks: 1) == nil)
    #expect(Self.replicated(answered: 70, attempts: 2) == nil)
  }

  // MARK: Sizing

  static func sized(_ published: Double, consumed: Double = 0, acks: Int16 = -1, _ change: (inout LawFacts) -> Void) -> LawCheck? {
    var facts = LawFacts.one
    facts.brokers = 3
    facts.replicationFactor = 3
    facts.producers[0].acks = acks
    change(&facts)
    return Law.sizing(Law.Carried(published: published, consumed: consumed, seconds: 10, lead: 0), facts)
  }

  @Test func `A cluster writes no more than its disks do`() {
    #expect(Self.sized(1_000) { $0.diskBytesPerSecond = 100 }?.holds == true)
    #expect(Self.sized(1_001) { $0.diskBytesPerSecond = 100 }?.holds == false)
    #expect(Self.sized(3_000, acks: 1) { $0.diskBytesPerSecond = 100 }?.holds == true)
    #expect(Self.sized(1_100) { ($0.diskBytesPerSecond, $0.unwrittenBytes) = (100, 100) }?.holds == true)
  }

  @Test func `Clients send and take no more than their own cards do`() {
    // One producer, three brokers: a record goes through one card before it goes through three.
    #expect(Self.sized(1_000, acks: 1) { $0.networkBytesPerSecond = 100 }?.holds == true)
    #expect(Self.sized(1_001, acks: 1) { $0.networkBytesPerSecond = 100 }?.holds == false)
    #expect(Self.sized(1_001, acks: 1) { ($0.networkBytesPerSecond, $0.producers[0].clients) = (100, 2) }?.holds == true)
    #expect(Self.sized(0, consumed: 2_000, acks: 1) { ($0.networkBytesPerSecond, $0.consumers) = (100, 2) }?.holds == true)
    #expect(Self.sized(0, consumed: 2_001, acks: 1) { ($0.networkBytesPerSecond, $0.consumers) = (100, 2) }?.holds == false)
  }

  @Test func `The contents of send buffers count only with acks=0`() {
    let buffered = 3.0 * (50 + 7)
    func sized(_ published: Double, acks: Int16) -> Bool? {
      Self.sized(published, acks: acks) {
        ($0.networkBytesPerSecond, $0.sendBufferBytes) = (100, 50)
        $0.producers[0].maxRequestSize = 7
      }?.holds
    }
    #expect(sized(1_000 + buffered, acks: 0) == true)
    #expect(sized(1_001 + buffered, acks: 0) == false)
    #expect(sized(1_001, acks: 1) == false)
  }

  @Test func `A cluster sends no more than its network cards do`() {
    #expect(Self.sized(1_000, consumed: 1_000) { $0.networkBytesPerSecond = 100 }?.holds == true)
    let check = Self.sized(1_000, consumed: 1_001) { $0.networkBytesPerSecond = 100_000 }
    #expect(check?.holds == true)
    #expect(Self.sized(1_000, consumed: 1_001) { $0.networkBytesPerSecond = 100 }?.holds == false)
  }

  @Test func `If the machine is unknown there is no bound`() {
    #expect(Self.sized(1e12) { _ in } == nil)
  }
}
