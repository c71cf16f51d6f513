import Primitives
import Sim

extension ClusterPlan {
  /// The cluster of a file that says nothing of it.
  package init(at place: Place) {
    self.init(
      brokers: Self.defaultBrokers, racks: [], controllers: Self.defaultControllers, machineName: Self.defaultMachine.name, machine: Self.defaultMachine, config: [],
      features: [], switches: [], place: place)
  }

  static let defaultBrokers = 3
  static let defaultControllers = 1

  /// The profile of that name that ships, without its file: most scenarios are content with it.
  private static let defaultMachine = MachineProfile.nvme10g

  /// - Parameter file: the scenario file, for paths that it names.
  package init(_ value: Value, file: String) throws {
    var map = try MapReader(value)
    let isCounted = map.has("brokers"), count = try map.optional("brokers") { Int(try $0.integer(in: 1...100)) }
    let brokers = count ?? Self.defaultBrokers
    let racks = try map.optional("racks") { value in
      let racks = try value.list { try $0.rack() }
      // From a number of brokers that is wrong itself nothing follows.
      if isCounted, count == nil { return [] as [String] }
      guard racks.count == brokers else {
        throw value.error("\(racks.count) racks for \(brokers) brokers", remedy: "Write one for each broker, in the order of their numbers: several may be the same.")
      }
      return racks
    }
    let controllers = try map.optional("controllers") { controllers in
      guard try controllers.integer() == 1 else {
        throw controllers.error("a cluster has one controller as yet", remedy: "Write controllers: 1, or leave it out.")
      }
      return 1
    }
    let machine = try map.optional("machine") { value in
      let name = try value.string()
      return (name: name, profile: try MachineLibrary.profile(name, at: value.place, in: file))
    }
    let chosen = machine ?? (name: Self.defaultMachine.name, profile: Self.defaultMachine)
    self.init(
      brokers: brokers, racks: racks ?? [], controllers: controllers ?? Self.defaultControllers, machineName: chosen.name, machine: chosen.profile,
      config: try map.optional("config") { try $0.settings() } ?? [], features: try map.optional("features") { try $0.settings() } ?? [],
      switches: try map.optional("switches") { try $0.settings() } ?? [], place: value.place)
    try map.check { [self] in try ClusterSettings.check(self) }
    try map.finish()
  }
}

extension Value {
  fileprivate func rack() throws -> String {
    let rack = try string()
    guard (1...Bounds.name).contains(rack.count), !rack.hasControlCharacters else {
      throw error("'\(rack.quotable)' cannot be a rack", remedy: "Write up to \(Bounds.name) letters.")
    }
    return rack
  }
}
