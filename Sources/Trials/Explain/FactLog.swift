import Host
import Primitives
import Sim

/// Everything that happened in a trial whose cause may be asked for, pinned to the events during which it came.
final class FactLog {
  let recorder: CausalityRecorder
  private let world: World
  private(set) var facts: ContiguousArray<Fact> = []
  /// By kind: their places, in order.
  private var places: [[Int32]] = Fact.Kind.allCases.map { _ in [] }

  /// - Parameter world: one in which nothing has happened yet.
  init(of world: World) {
    self.world = world
    recorder = CausalityRecorder()
    world.causality = recorder
  }

  /// - Parameter node: nil for what the schedule did, and for what an observer of all nodes found.
  func add(_ content: Fact.Content, at node: NodeIndex?, words: String?) {
    let kind = content.kind
    places[kind.rawValue].append(Int32(facts.count))
    facts.append(Fact(event: recorder.present, time: world.now, node: node, kind: kind, content: content, words: words))
  }

  subscript(place: Int) -> Fact { facts[place] }

  /// The places of all facts of a kind, in order.
  func all(_ kind: Fact.Kind) -> some BidirectionalCollection<Int> { places[kind.rawValue].lazy.map(Int.init) }

  /// The first fact of a kind after a place, or among those before it the last, for which a condition holds.
  func first(_ kind: Fact.Kind, after place: Int = -1, where holds: (Fact) -> Bool) -> Int? {
    let list = places[kind.rawValue]
    for place in list[list.partitioningIndex { $0 > place }...] where holds(facts[Int(place)]) { return Int(place) }
    return nil
  }

  func last(_ kind: Fact.Kind, before place: Int = .max, where holds: (Fact) -> Bool) -> Int? {
    let list = places[kind.rawValue]
    for place in list[..<list.partitioningIndex { $0 >= place }].reversed() where holds(facts[Int(place)]) { return Int(place) }
    return nil
  }

  /// The place before which everything had happened by an instant, that instant included.
  func end(of time: Instant) -> Int { facts.partitioningIndex { $0.time > time } }

  /// The place from which on everything happened at an instant or after it.
  func begin(of time: Instant) -> Int { facts.partitioningIndex { $0.time >= time } }

  /// The facts that came during an event.
  func facts(during event: EventNumber) -> [Int] {
    guard event != .none else { return [] }
    let time = recorder.time(of: event)
    return (begin(of: time)..<end(of: time)).filter { facts[$0].event == event }
  }
}
