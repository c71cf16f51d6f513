import Foundation
import Primitives
import Report
import Results
import Testing

@testable import Scenarios
@testable import Trials

/// The course of whole trials, in the formats of tools that show it.
@Suite struct TimelineTests {
  struct Files {
    var perfetto = ""
    var shiviz = ""
    var events = 0
    var result: RunResult
  }

  static func files(_ scenario: Scenario, seed: UInt64 = 1, limit: Int = ShiVizLog.mostEvents) -> Files {
    var options = Trial.Options(seed: seed), perfetto = "", shiviz = ""
    options.tellsDetails = false
    let trace = PerfettoTrace(about: [("scenario", .string(scenario.name))]) { perfetto += $0 }
    let log = ShiVizLog(limit: limit) { shiviz += $0 }
    options.onTimelineEvent = {
      trace.add($0)
      log.add($0)
    }
    let result = Trial(scenario, options: options).run()
    trace.finish()
    return Files(perfetto: perfetto, shiviz: shiviz, events: trace.eventCount, result: result)
  }

  static func files(_ name: String, seed: UInt64 = 1, overrides: [String] = [], limit: Int = ShiVizLog.mostEvents) throws -> Files {
    files(try ScenarioLibrary.scenario(at: "scenarios/\(name).yaml", overrides: overrides).drawn(seed: seed), seed: seed, limit: limit)
  }

  static let scenarios: [(String, [String])] = [
    ("hazards/kip-101-truncation-loss", []), ("hazards/transaction-late-commit", []), ("hazards/group-zombie-commit", []), ("smoke/crash", ["duration=10s", "faults[0].to=9s"]),
    ("hazards/quorum-two-pending-voters", []),
  ]

  @Test(arguments: scenarios) func `Readers of both formats can use all that is written`(name: String, overrides: [String]) throws {
    let files = try Self.files(name, overrides: overrides)
    let trace = TraceCheck(files.perfetto), log = VectorClockCheck(files.shiviz)
    #expect(trace.problems.isEmpty, "\(trace.problems.prefix(5))")
    #expect(log.problems.isEmpty, "\(log.problems.prefix(5))")
    #expect(trace.eventCount == files.events && trace.slices.count > 100 && trace.flows.count > 10 && log.events.count > 20)
  }

  @Test(arguments: scenarios.prefix(3)) func `A trial is the same with a timeline, and the same trial gives the same bytes`(name: String, overrides: [String]) throws {
    let scenario = try ScenarioLibrary.scenario(at: "scenarios/\(name).yaml", overrides: overrides)
    let one = Self.files(scenario), other = Self.files(scenario)
    var options = Trial.Options(seed: 1)
    options.tellsDetails = false
    let plain = Trial(scenario, options: options).run()
    #expect(one.result.json.text == plain.json.text && one.result.traceHash == plain.traceHash)
    #expect(one.perfetto == other.perfetto && one.shiviz == other.shiviz)
  }

  @Test func `A trace shows requests at both ends, disks, elections, faults and offsets on the clock of the story`() throws {
    let trace = TraceCheck(try Self.files("hazards/kip-101-truncation-loss").perfetto)
    let produce = try #require(trace.slices.first { $0.name == "Produce" && $0.category == "request" })
    #expect(produce.process == "before" && produce.thread == "requests to broker-1")
    #expect(produce.arguments["to"] as? String == "broker-1" && produce.arguments["requestBytes"] is Int)
    let handling = try #require(trace.slices.first { $0.name == "Produce" && $0.category == "handling" })
    #expect(handling.process == "broker-1" && handling.thread == "requests from before")
    #expect(handling.arguments["correlationId"] as? Int == produce.arguments["correlationId"] as? Int)
    #expect(produce.begin < handling.begin && handling.begin < handling.end && handling.end < produce.end)
    #expect(trace.flows.contains { $0.name == "Produce request" && $0.from == "before" && $0.to == "broker-1" })
    #expect(trace.flows.contains { $0.name == "Fetch response" && $0.from == "broker-1" && $0.to == "broker-2" })
    #expect(!trace.flows.contains { $0.name.contains("Heartbeat") || $0.name == "Fetch request" })
    #expect(trace.slices.contains { $0.category == "heartbeat" && $0.name == "BrokerHeartbeat" && $0.thread == "heartbeats to controller-1" })
    #expect(trace.slices.contains { $0.category == "disk" && $0.process == "broker-1" && $0.thread == "disk" })

    let elected = try #require(trace.instants.first { $0.name == "leader elected" && $0.arguments["leader"] as? Int == 2 })
    #expect(elected.process == "controller-1" && elected.category == "occurrence" && elected.arguments["partition"] as? String == "t-0")
    #expect((8_800_000...8_900_000).contains(elected.begin))
    #expect(trace.instants.contains { $0.name == "log truncated" && $0.process == "broker-3" && $0.arguments["to"] as? Int == 0 })
    let kill = try #require(trace.slices.first { $0.name == "broker-2 killed" })
    #expect(kill.process == "faults" && kill.category == "fault" && abs(kill.end - 50_000_000) < 1)
    #expect(trace.counters["partitions t-0 high watermark"]?.contains { $0.value == 1 } == true)
    #expect(trace.counters["partitions t-0 leader"]?.map(\.value) == [1, 2, 3])
    #expect(trace.counters["partitions t-0 ISR"]?.first?.value == 3)
  }

  @Test func `Vector clocks follow messages, and faults come before what they did to nodes`() throws {
    let log = VectorClockCheck(try Self.files("hazards/kip-101-truncation-loss").shiviz)
    func event(_ host: String, _ words: String) throws -> VectorClockCheck.Event {
      try #require(log.events.first { $0.host == host && $0.words.hasPrefix(words) }, "\(host) \(words)")
    }
    let sent = try event("before", "sends Produce request to broker-1"), taken = try event("broker-1", "receives Produce request of before")
    #expect(log.isBefore(sent, taken) && !log.isBefore(taken, sent))
    #expect(log.isBefore(taken, try event("broker-2", "receives Fetch response of broker-1")))
    #expect(log.isBefore(taken, try event("before", "receives Produce response of broker-1")))
    let fault = try event("schedule", "broker-2 killed"), killed = try event("broker-2", "is killed")
    #expect(log.isBefore(fault, killed))
    let elected = try event("controller-1", "elected broker 2 leader"), isolated = try event("schedule", "broker-1 isolated")
    #expect(!log.isBefore(elected, sent) && !log.isBefore(sent, isolated))
    let learnt = try event("broker-3", "receives Fetch response of controller-1"), follows = try event("broker-3", "follows broker 2")
    // A fetch of the metadata log is listed where it changed something, and only there.
    #expect(log.isBefore(elected, learnt) && log.isBefore(elected, follows))
    #expect(!log.events.contains { $0.host == "controller-1" && $0.words.hasPrefix("sends Fetch response") })
    #expect(!log.events.contains { $0.words.contains("sends BrokerHeartbeat") || $0.words.contains("sends Fetch request") || $0.words.contains("sends Metadata") })
  }

  @Test func `A log with vector clocks leaves out records from half of its bound on, and everything from the bound on`() throws {
    let all = VectorClockCheck(try Self.files("smoke/crash", overrides: ["duration=10s", "faults[0].to=9s"]).shiviz)
    let few = VectorClockCheck(try Self.files("smoke/crash", overrides: ["duration=10s", "faults[0].to=9s"], limit: 200).shiviz)
    #expect(all.events.count > 200 && few.events.count <= 200 && few.problems.isEmpty, "\(few.problems.prefix(3))")
    #expect(few.events.count { $0.words.contains("Produce") } <= 100)
    #expect(few.events.last!.time > all.events[199].time)
  }

  @Test func `A cluster that does not come up gives files without a story`() throws {
    var perfetto = ""
    let trace = PerfettoTrace(about: []) { perfetto += $0 }
    trace.finish()
    let check = TraceCheck(perfetto)
    #expect(check.problems.isEmpty && check.slices.isEmpty && check.eventCount == 4)
  }
}
