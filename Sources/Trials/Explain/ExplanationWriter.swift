import Host
import Primitives
import Results
import Sim
import Wire
import Workloads

/// Makes of what a search found the lines that are shown: in the order of time, each with its words, and not too many.
struct ExplanationWriter {
  /// More lines nobody reads.
  static let mostLines = 30

  private let search: CauseSearch
  private let verdict: Verdict
  private let origin: Instant
  private var facts: FactLog { search.facts }

  init(_ search: CauseSearch, _ verdict: Verdict, origin: Instant) {
    self.search = search
    self.verdict = verdict
    self.origin = origin
  }

  var explanation: Explanation {
    let kept = keptOnes
    var numbers: [Int: Int] = [:]
    for (number, place) in kept.enumerated() { numbers[place] = number + 1 }
    let lines = kept.map { place in line(search.found[place], neededBy: needed(by: place, numbers)) }
    return Explanation(guarantee: verdict.guarantee, evidence: verdict.cases.first ?? "", lines: lines, leftOut: search.found.count - kept.count)
  }

  /// The places of what is shown, in the order of time: faults and the evidence always, of the rest what matters most and is nearest to the evidence.
  private var keptOnes: [Int] {
    let found = search.found
    let byWeight = found.indices.sorted { (found[$0].rank, $0) < (found[$1].rank, $1) }
    return byWeight.prefix(Self.mostLines).sorted { one, other in
      // The evidence ends the list, also where something else came in the same instant.
      if (one == 0) != (other == 0) { return other == 0 }
      return (found[one].time, found[one].event, order(found[one]), place(found[one])) < (found[other].time, found[other].event, order(found[other]), place(found[other]))
    }
  }

  /// Within an event: the message that it is about, what was told, what a client is told, and last what a client asks for.
  private func order(_ one: CauseSearch.Found) -> Int {
    switch one.item {
    case .message: 0
    // A fencing is told behind the elections that follow from it.
    case .fact(let place) where facts[place].kind == .fenced: 1
    case .fact: 2
    case .operation(let position): search.history.operations[position].kind == .invoke ? 4 : 3
    case .evidence: 5
    }
  }

  /// Among the facts of one event: as they were told.
  private func place(_ one: CauseSearch.Found) -> Int {
    if case .fact(let place) = one.item { place } else { 0 }
  }

  /// The nearest line that is shown, along those that needed it.
  private func needed(by place: Int, _ numbers: [Int: Int]) -> (number: Int, why: String)? {
    var place = place
    while let next = search.found[place].neededBy {
      if let number = numbers[next] { return (number, search.found[place].why) }
      place = next
    }
    return nil
  }

  // MARK: Lines

  private func line(_ one: CauseSearch.Found, neededBy needed: (number: Int, why: String)?) -> Explanation.Line {
    var line: Explanation.Line
    let seconds = (one.time - origin).seconds
    switch one.item {
    case .evidence: line = Explanation.Line(.evidence, seconds: seconds, who: "trial", what: "\(verdict.guarantee.rawValue) is violated: \(verdict.cases.first ?? "")")
    case .operation(let position):
      let process = search.history.operations[position].process
      line = Explanation.Line(.client, seconds: seconds, who: search.history.name(of: process) ?? "process \(process.number)", what: one.words ?? "")
    case .message(let event):
      let parent = search.recorder.parent(of: event)
      line = Explanation.Line(.message, seconds: seconds, who: name(search.recorder.node(of: event)), what: one.words ?? "")
      if parent != .none, let sender = search.recorder.node(of: parent), sender != search.recorder.node(of: event) {
        line.from = name(sender)
        line.sentSeconds = (search.recorder.time(of: parent) - origin).seconds
      }
    case .fact(let place):
      let fact = facts[place]
      line = Explanation.Line(kind(of: fact), seconds: seconds, who: fact.deed != nil ? "schedule" : name(fact.node), what: one.words ?? fact.words ?? fact.content.words)
      if let deed = fact.deed {
        line.nodes = deed.nodes.map { name($0) }
        if !deed.isRemedy { line.untilSeconds = end(of: deed, from: fact.time).map { ($0 - origin).seconds } }
      }
    }
    line.neededBy = needed?.number
    line.why = needed?.why ?? ""
    return line
  }

  /// When what an entry did was over; nil where nothing ended it.
  private func end(of deed: DeedNotice, from begin: Instant) -> Instant? {
    let remedy = facts.first(.remedy, after: facts.begin(of: begin) - 1) { $0.deed?.entry == deed.entry && $0.time > begin }
    return remedy.map { facts[$0].time } ?? search.driver.entries[deed.entry].ended
  }

  private func name(_ node: NodeIndex?) -> String { node.map(search.world.name(of:)) ?? "trial" }

  private func kind(of fact: Fact) -> Explanation.Line.Kind {
    switch fact.kind {
    case .fault: .fault
    case .remedy: .remedy
    case .elected, .controllerElected: .election
    case .truncated, .recovered, .deleted, .diskFailed: .loss
    default: .state
    }
  }
}
