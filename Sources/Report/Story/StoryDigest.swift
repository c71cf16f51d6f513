import Primitives
import Results

/// A story as one reads it the first time: what one teller says of many partitions at one instant is one line, and tellers that are no nodes of a cluster are introduced where they
/// first speak.
struct StoryDigest {
  /// So many lines that are alike become one.
  private static let fewest = 4
  /// Partitions that a line names besides its own.
  private static let mostNamed = 3

  let lines: [StoryLine]
  /// How many lines were put into others.
  let hidden: Int

  /// - Parameter isShort: whether lines that are alike are put together.
  init(_ story: [StoryLine], isShort: Bool = true) {
    var lines: [StoryLine] = []
    var from = 0
    while from < story.count {
      var to = from + 1
      while to < story.count, story[to].time == story[from].time, story[to].who == story[from].who { to += 1 }
      lines += isShort ? Self.merged(story[from..<to]) : Array(story[from..<to])
      from = to
    }
    hidden = story.count - lines.count
    self.lines = Self.introduced(lines)
  }

  /// Lines of one teller at one instant.
  private static func merged(_ lines: ArraySlice<StoryLine>) -> [StoryLine] {
    guard lines.count >= fewest else { return Array(lines) }
    var shapes: [(shape: String, members: [Int])] = []
    for index in lines.indices {
      let shape = lines[index].weight == .event ? shape(of: lines[index].what) : nil
      if let shape, let known = shapes.firstIndex(where: { $0.shape == shape }) {
        shapes[known].members.append(index)
      } else {
        shapes.append((shape ?? "\(index)", [index]))
      }
    }
    return shapes.flatMap { _, members -> [StoryLine] in
      let names = members.dropFirst().compactMap { partition(in: lines[$0].what) }.withoutRepetitions
      guard members.count >= fewest, !names.isEmpty else { return members.map { lines[$0] } }
      var line = lines[members[0]]
      let more = members.count - 1 - min(names.count, mostNamed)
      line.what += " (and the like of \(names.prefix(mostNamed).joined(separator: ", "))\(more > 0 ? " and \(more) more" : ""))"
      return [line]
    }
  }

  /// What lines have in common that differ in their figures and names: nil where there is nothing else in them.
  private static func shape(of what: String) -> String? {
    let words = what.split(separator: " ").filter { !$0.contains(where: \.isNumber) }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// The first word that is the name of a partition.
  private static func partition(in what: String) -> String? {
    for word in what.split(separator: " ") {
      let name = word.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
      guard let dash = name.lastIndex(of: "-"), dash > name.startIndex, name.index(after: dash) < name.endIndex else { continue }
      if name[name.index(after: dash)...].allSatisfy(\.isNumber), !name.hasPrefix("broker-"), !name.hasPrefix("controller-") { return String(name) }
    }
    return nil
  }

  private static let tellers = [
    ("fate", "fate carries out the faults of the scenario"), ("operator", "operator is the client that carries out admin entries"),
    ("audit", "audit reads every partition from its beginning to its end"), ("audit-committed", "audit-committed does so once more with read_committed"),
    ("trial", "trial tells what only an observer of all nodes can see"),
  ]

  private static func introduced(_ lines: [StoryLine]) -> [StoryLine] {
    var lines = lines
    for (name, words) in tellers {
      if let first = lines.firstIndex(where: { $0.who == name }) { lines[first].what += " (\(words))" }
    }
    return lines
  }
}
