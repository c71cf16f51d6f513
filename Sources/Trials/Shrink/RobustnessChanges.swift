import OrderedCollections
import Primitives
import Scenarios

/// The ways to say something in a small scenario so that it may fail with more seeds: roles in the place of single nodes, longer faults, faults that come again, more records.
///
/// A node fits one seed, as a time does (`MomentReductions`): with another one somebody else leads. None of these adds an entry.
struct RobustnessChanges {
  /// The topics whose partitions are tried as roles; there are seldom more in a small scenario.
  private static let mostTopics = 2

  /// Several ways to say the same thing, of which the one is best that fails with most seeds.
  struct Choice {
    /// What is said, so that nobody chooses twice.
    let place: String
    let alternatives: [Reduction]
    /// Whether an alternative is better that fails with no more seeds than what is there.
    let isBetterInItself: Bool
  }

  private let document: Value
  private let names: DeclaredNames

  init(_ document: Value) {
    self.document = document
    names = DeclaredNames(document)
  }

  /// In the order in which they are worth trying. Whether they can be read is not looked at.
  var choices: [Choice] { roles + lengths + repetitions + loads }

  private func choice(_ what: String, _ path: [Value.Step], _ alternatives: [Reduction], isBetterInItself: Bool = false) -> Choice {
    Choice(place: "\(what) \(path)", alternatives: alternatives, isBetterInItself: isBetterInItself)
  }

  // MARK: Roles

  private var roles: [Choice] {
    var found: [Choice] = []
    func visit(_ value: Value, _ path: [Value.Step]) {
      switch value.content {
      case .list(let elements): for (index, element) in elements.enumerated() { visit(element, path + [.index(index)]) }
      case .scalar:
        guard let text = value.scalar else { return }
        let alternatives = roles(of: text).map { Reduction(words: "\($0) for \(text)", document: document.replacing(path, with: .word($0))) }
        if !alternatives.isEmpty { found.append(choice("node", path, alternatives, isBetterInItself: true)) }
      case .map: break
      }
    }
    document.walk { path, key, value in
      guard path.first == .key("faults"), !["name", "key", "after", "release"].contains(key) else { return }
      visit(value, path)
    }
    return found
  }

  /// What a node that is named in a schedule may stand for.
  private func roles(of node: String) -> [String] {
    if node.hasPrefix("controller-") { return ["active-controller", "standby-controller(1)"] }
    if node.hasPrefix("broker-") {
      return partitions.flatMap { ["leader(\($0))", "follower(\($0))"] } + names.groups.map { "coordinator(group \($0))" } + names.transactions.prefix(1).map { "coordinator(transaction \($0))" }
    }
    if node.hasPrefix("member("), let group = names.groups.first(where: { node.hasPrefix("member(\($0), ") }) { return partitions.map { "owner(\(group), \($0))" } }
    return []
  }

  private var partitions: [String] { names.topics.prefix(Self.mostTopics).map { "\($0)-0" } }

  // MARK: Times

  private var lengths: [Choice] {
    var found: [Choice] = []
    document.walk { path, key, value in
      guard key == "for" || key == "duration", let time = try? value.duration(), time > .zero else { return }
      found.append(choice("length", path, [Reduction(words: "\(key) \((time * 2).exactText)", document: document.replacing(path, with: .time(time * 2)))]))
    }
    return found
  }

  /// What happens once for some time happens again as soon as it was over for as long.
  private var repetitions: [Choice] {
    (document["faults"]?.elements ?? []).enumerated().compactMap { index, entry in
      guard entry["every"] == nil, let length = try? entry["for"]?.duration(), length > .zero else { return nil }
      var again = entry
      again.put("every", .time(length * 2))
      let path = [Value.Step.key("faults"), .index(index)]
      return choice("repetition", path, [Reduction(words: "every \((length * 2).exactText)", document: document.replacing(path, with: again))])
    }
  }

  // MARK: Load

  private var loads: [Choice] {
    var found: [Choice] = []
    document.walk { path, key, value in
      guard key == "rate", path.first == .key("workload"), let rate = try? value.recordsPerSecond(), rate > 0, rate < 1_000 else { return }
      let text = Value.rateText(rate * 4)
      found.append(choice("rate", path, [Reduction(words: "rate \(text)", document: document.replacing(path, with: .word(text)))]))
    }
    return found
  }
}
