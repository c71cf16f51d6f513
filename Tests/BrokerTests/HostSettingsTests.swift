import Broker
import Host
import Primitives
import Testing
import Wire

/// Settings that what a broker runs in obeys: here a table that notes what it is told.
@Suite struct HostSettingsTests {
  private final class Applied: @unchecked Sendable {
    var values: [[String]] = []
  }

  private static func settings(_ applied: Applied) -> HostSettings {
    HostSettings(
      known: [
        HostSettings.Known(name: "max.connections", kind: .int, defaultValue: "2147483647", given: "50", isDynamic: true),
        HostSettings.Known(name: "queued.max.requests", kind: .int, defaultValue: "500", given: nil, isDynamic: false),
      ],
      objection: { values in
        for (name, value) in values where Int32(value) == nil { return .invalidValue(name: name, value: value, expected: "an integer") }
        return nil
      },
      apply: { values in applied.values.append(values.map { "\($0)=\($1)" }) })
  }

  @Test func `Socket settings are described with the broker's own, and with those that may change`() throws {
    let cluster = try TestCluster(brokers: 1, hostSettings: Self.settings(Applied()))
    try cluster.start()
    let described = try cluster.describe(.broker, "1")
    #expect(described["max.connections"] == Described("50", source: 4, synonyms: ["max.connections=50", "max.connections=2147483647"]))
    #expect(described["queued.max.requests"] == Described("500", source: 5, synonyms: ["queued.max.requests=500"], isReadOnly: true))
  }

  @Test func `Dynamic socket settings follow the values for the cluster and for the broker`() throws {
    let applied = Applied()
    let cluster = try TestCluster(brokers: 1, hostSettings: Self.settings(applied))
    try cluster.start()
    #expect(try cluster.alter(.broker, "", "max.connections", "40") == .none)
    cluster.world.run(for: .seconds(1))
    #expect(applied.values.last == ["max.connections=40"])
    #expect(try cluster.alter(.broker, "1", "max.connections", "30") == .none)
    cluster.world.run(for: .seconds(1))
    #expect(applied.values.last == ["max.connections=30"])
    #expect(try cluster.describe(.broker, "1")["max.connections"]?.value == "30")
    #expect(try cluster.change(.broker, "1", [("max.connections", 1, nil)]).errorCode == .none)
    #expect(try cluster.change(.broker, "", [("max.connections", 1, nil)]).errorCode == .none)
    cluster.world.run(for: .seconds(1))
    #expect(applied.values.last == [])
    #expect(try cluster.describe(.broker, "1")["max.connections"]?.value == "50")
  }

  @Test func `A static setting or an invalid value is refused and changes nothing`() throws {
    let applied = Applied()
    let cluster = try TestCluster(brokers: 1, hostSettings: Self.settings(applied))
    try cluster.start()
    let fixed = try cluster.change(.broker, "1", [("queued.max.requests", 0, "7")])
    #expect(fixed.errorCode == .invalidRequest && fixed.errorMessage == "Cannot update these configs dynamically: queued.max.requests")
    #expect(try cluster.alter(.broker, "1", "max.connections", "many") == .invalidRequest)
    cluster.world.run(for: .seconds(1))
    #expect(applied.values.allSatisfy { $0 == [] })
  }

  @Test func `A world that supports none of them refuses them`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    #expect(try cluster.alter(.broker, "1", "max.connections", "40") == .invalidConfig)
    #expect(try cluster.describe(.broker, "1")["max.connections"] == nil)
  }
}
