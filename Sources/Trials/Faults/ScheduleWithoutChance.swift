import Primitives
import Results
import Scenarios

/// The schedule of a trial as it happened, written without any random choices.
///
/// An entry that drew faults becomes the faults it drew, one after another, with their moments, nodes and names; a hold that no message came to is left out. An entry that names `any` names the broker that was
/// picked, once for each repetition. Every other entry stays as it is in the file. If an entry with its own random stream gets another
/// number in the list, it is given the key that it had.
struct ScheduleWithoutChance {
  private let driver: FaultDriver
  /// Names that are taken or reserved.
  private var names: Set<String>
  /// The names of the repetitions of an entry, if there are several.
  private var namesOfRepetitions: [String: [String]] = [:]
  private(set) var entries: [Value] = []
  /// For each of them, the driver's entry that it was made of.
  private(set) var sources: [Int] = []

  /// - Parameter written: the entries of the file.
  init(of driver: FaultDriver, as written: [Value]) {
    self.driver = driver
    names = Set(driver.entries.map(\.plan.name))
    for (index, value) in written.enumerated() {
      add(driver.entries[index], index, value)
      while sources.count < entries.count { sources.append(index) }
    }
  }

  private mutating func add(_ entry: FaultEntry, _ index: Int, _ written: Value) {
    guard entry.plan.deed != nil else {
      for (number, drawn) in driver.entries.enumerated() where drawn.drawnBy == index && !drawn.heldNothing(in: driver.world) {
        add(drawn.plan, named: drawn.plan.name, key: driver.key(of: number))
        sources.append(number)
      }
      return
    }
    guard entry.picks.isEmpty else { return add(entry, index, picks: entry.picks) }
    var value = written
    if let names = (entry.plan.deed as? MessageDeed)?.released {
      // What one entry held is now held by several.
      let all = names.flatMap { namesOfRepetitions[$0] ?? [$0] }
      if all != names { value.put(MessageDeed.Word.release.rawValue, .list(all.map(Value.word))) }
    }
    keepKey(of: entry.plan, index, &value)
    entries.append(value)
  }

  /// Adds one entry for each repetition. The first one that took effect gets the name, because other entries wait for it.
  private mutating func add(_ entry: FaultEntry, _ index: Int, picks: [FaultEntry.Pick]) {
    let bearer = picks.firstIndex(where: \.isCarriedOut) ?? 0
    var given: [String] = []
    for (repetition, pick) in picks.enumerated() {
      let name = repetition == bearer ? entry.plan.name : nameOfRepetition(of: entry.plan.name)
      given.append(name)
      var plan = entry.plan
      plan.start = plan.start + (plan.every ?? .zero) * Int64(repetition)
      if let length = pick.length {
        plan.length = length
        plan.end = nil
      }
      plan.every = nil
      plan.times = nil
      plan.action = .deed(pick.deed)
      // A name derived from the word need not be written.
      add(plan, named: picks.count == 1 && pick.deed.written.first?.key == name ? nil : name, key: driver.key(of: index))
    }
    if given.count > 1 { namesOfRepetitions[entry.plan.name] = given }
  }

  private mutating func add(_ plan: FaultPlan, named name: String?, key: String) {
    var plan = plan
    plan.key = plan.deed?.drawsFromItsKey == true ? key : nil
    entries.append(plan.written(named: name))
  }

  private mutating func keepKey(of plan: FaultPlan, _ index: Int, _ value: inout Value) {
    let key = driver.key(of: index)
    if plan.deed?.drawsFromItsKey == true, plan.key == nil, index != entries.count { value.put("key", .word(key)) }
  }

  private mutating func nameOfRepetition(of name: String) -> String {
    var number = 2
    while names.contains("\(name)-\(number)") { number += 1 }
    names.insert("\(name)-\(number)")
    return "\(name)-\(number)"
  }
}

extension Moment {
  fileprivate static func + (moment: Moment, delay: Duration) -> Moment {
    switch moment {
    case .time(let time): .time(time + delay)
    case .instant(let instant, let plus): .instant(instant, plus: plus + delay)
    }
  }
}

extension Trial {
  /// The scenario of this trial without random choices; available after the run. With the same seed it gives exactly the same events.
  ///
  /// - Parameter file: the file it will be in; paths in it are relative to that.
  /// - Returns: the YAML text of a scenario file.
  public func scenarioWithoutChance(for file: String) -> String {
    let scenario = cluster.scenario, world = cluster.world
    var document = scenario.document
    if let driver = outcome?.rested?.played.driver, let written = document["faults"]?.elements {
      document.put("faults", .list(ScheduleWithoutChance(of: driver, as: written).entries))
    }
    // `vary` only matters for other runs of the file.
    document.remove("vary")
    document.keepPaths(of: scenario.file, in: file)
    return """
      # One trial of \(scenario.file)\(scenario.variant.map { ", variant \($0)," } ?? "") with seed \(world.seed), and nothing left to chance. Its trace hash is \
      \(hexadecimal(world.traceHash)):
      #   trial replay \(file.quotedForShell) --seed \(world.seed)

      """ + document.yaml
  }
}
