import Primitives

extension ClusterPlan {
  /// The cluster of a file that says nothing of it.
  package init(at place: Place, file: String) throws {
    let machine = try MachineLibrary.profile(Self.defaultMachine, at: place, in: file)
    self.init(brokers: Self.defaultBrokers, controllers: Self.defaultControllers, machineName: Self.defaultMachine, machine: machine, config: [], features: [], switches: [], place: place)
  }

  static let defaultBrokers = 3
  static let defaultControllers = 1

  private static let defaultMachine = "nvme-10g"

  /// - Parameter file: the scenario file, for paths that it names.
  package init(_ value: Value, file: String) throws {
    var map = try MapReader(value)
    let brokers = try map.optional("brokers") { Int(try $0.integer(in: 1...100)) } ?? Self.defaultBrokers
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
    let chosen = try machine ?? (name: Self.defaultMachine, profile: MachineLibrary.profile(Self.defaultMachine, at: value.place, in: file))
    self.init(
      brokers: brokers, controllers: controllers ?? Self.defaultControllers, machineName: chosen.name, machine: chosen.profile,
      config: try map.optional("config") { try $0.settings() } ?? [], features: try map.optional("features") { try $0.settings() } ?? [],
      switches: try map.optional("switches") { try $0.settings() } ?? [], place: value.place)
    try map.check { [self] in try ClusterSettings.check(self) }
    try map.finish()
  }
}
