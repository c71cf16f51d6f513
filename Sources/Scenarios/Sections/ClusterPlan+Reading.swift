import Primitives
import Sim

extension ClusterPlan {
  /// The cluster of a file without a `cluster` section.
  package init(at place: Place) {
    self.init(
      brokers: Self.defaultBrokers, racks: [], controllers: Self.defaultControllers, firstVoters: [1], isCombined: false, machineName: Self.defaultMachine.name,
      machine: Self.defaultMachine, config: [], brokerConfig: [], features: [], switches: [], place: place)
  }

  static let defaultBrokers = 3
  static let defaultControllers = 1
  /// Kafka's operators run three or five: each further pair survives one more failure, and waits for one more disk.
  static let mostControllers: Int64 = 7

  /// The word for controllers that are the brokers.
  static let combined = "combined"

  /// The profile that ships under that name, without reading its file: most scenarios use it.
  private static let defaultMachine = MachineProfile.nvme10g

  /// - Parameter file: the scenario file, which paths are relative to.
  package init(_ value: Value, file: String) throws {
    var map = try MapReader(value)
    let isCounted = map.has("brokers"), count = try map.optional("brokers") { Int(try $0.integer(in: 1...100)) }
    let brokers = count ?? Self.defaultBrokers
    let racks = try map.optional("racks") { value in
      let racks = try value.list { try $0.rack() }
      // If the number of brokers is wrong itself, nothing can be checked against it.
      if isCounted, count == nil { return [] as [String] }
      guard racks.count == brokers else {
        throw value.error("\(racks.count) racks for \(brokers) brokers", remedy: "Write one for each broker, in the order of their numbers: several may be the same.")
      }
      return racks
    }
    let isCombined = value["controllers"]?.scalar == Self.combined
    let isControllersCounted = map.has("controllers"), controllerCount = try map.optional("controllers") { try $0.controllers(ofBrokers: isCounted && count == nil ? nil : brokers) }
    let controllers = controllerCount ?? Self.defaultControllers
    let features = try map.optional("features") { try $0.settings() } ?? []
    let firstVoters = try map.optional("voters") { value in
      guard Self.hasChangeableVoters(features) else {
        throw value.error(
          "all controllers are voters where the features do not name kraft.version",
          remedy: "Leave it out, or write features: { kraft.version: 1 }: then the voters can be changed (KIP-853). With kraft.version: 0 they can once it is raised.")
      }
      return try value.numbersOfVoters(upTo: isControllersCounted && controllerCount == nil ? Int(Self.mostControllers) : controllers)
    }
    let machine = try map.optional("machine") { value in
      let name = try value.string()
      return (name: name, profile: try MachineLibrary.profile(name, at: value.place, in: file))
    }
    let chosen = machine ?? (name: Self.defaultMachine.name, profile: Self.defaultMachine)
    let brokerConfig = try map.optional("broker-config") { try $0.settingsOfBrokers(upTo: isCounted && count == nil ? nil : brokers) }
    self.init(
      brokers: brokers, racks: racks ?? [], controllers: controllers, firstVoters: firstVoters ?? Array(1...controllers), isCombined: isCombined, machineName: chosen.name,
      machine: chosen.profile,
      config: try map.optional("config") { try $0.settings() } ?? [],
      brokerConfig: brokerConfig ?? [], features: features,
      switches: try map.optional("switches") { try $0.settings() } ?? [], place: value.place)
    try map.check { [self] in try ClusterSettings.check(self) }
    try map.finish()
  }
}

extension Value {
  /// A number, or `combined`.
  ///
  /// - Parameter brokers: nil if their number is wrong itself.
  fileprivate func controllers(ofBrokers brokers: Int?) throws -> Int {
    let most = Int(ClusterPlan.mostControllers)
    guard scalar == ClusterPlan.combined else {
      do {
        return Int(try integer(in: 1...ClusterPlan.mostControllers))
      } catch let error as ScenarioError {
        throw ScenarioError(at: error.place, error.problem, remedy: "Write a number from 1 to \(most), or combined where the brokers are the controllers.")
      }
    }
    guard let brokers, brokers > most else { return brokers ?? 1 }
    throw error(
      "\(brokers) brokers cannot all be controllers: a quorum has \(most) voters at most",
      remedy: "Write a number from 1 to \(most) for controllers that are nodes of their own, or have at most \(most) brokers.")
  }

  /// `{ 1: { name: value }, 3: { name: value } }`
  ///
  /// - Parameter count: the number of brokers; nil if that is wrong itself.
  fileprivate func settingsOfBrokers(upTo count: Int?) throws -> [ClusterPlan.BrokerSettings] {
    guard case .map(let entries) = content else {
      throw error("expected settings of brokers by their numbers, found \(kind)", remedy: "Write { 1: { name: value }, 2: { name: value } }.")
    }
    var mistakes = Mistakes()
    let brokers = try entries.compactMap { entry in
      try mistakes.collect {
        guard let number = Int(entry.key), number >= 1, number <= count ?? 100 else {
          throw ScenarioError(
            at: entry.keyPlace, "\(path): there is no broker '\(entry.key.quotable)'",
            remedy: count.map { $0 == 1 ? "The only broker is 1." : "Write a number from 1 to \($0)." } ?? "Write the number of a broker, from 1 on.")
        }
        return ClusterPlan.BrokerSettings(broker: number, settings: try entry.value.settings())
      }
    }
    try mistakes.settle()
    for (index, broker) in brokers.enumerated() where brokers[..<index].contains(where: { $0.broker == broker.broker }) {
      throw ScenarioError(at: entries[index].keyPlace, "\(path): broker \(broker.broker) is listed twice", remedy: "Write its settings below one number.")
    }
    return brokers
  }

  /// `[1, 2, 3]`
  fileprivate func numbersOfVoters(upTo count: Int) throws -> [Int] {
    let numbers = try list { Int(try $0.integer(in: 1...Int64(count))) }
    guard !numbers.isEmpty else { throw error("a quorum needs a voter", remedy: "Write the numbers of the controllers that are voters from the beginning, such as [1, 2, 3].") }
    guard Set(numbers).count == numbers.count else { throw error("a controller is listed twice", remedy: "Write each number once.") }
    return numbers.sorted()
  }

  fileprivate func rack() throws -> String {
    let rack = try string()
    guard (1...Bounds.name).contains(rack.count), !rack.hasControlCharacters else {
      throw error("'\(rack.quotable)' cannot be a rack", remedy: "Write up to \(Bounds.name) letters.")
    }
    return rack
  }
}
