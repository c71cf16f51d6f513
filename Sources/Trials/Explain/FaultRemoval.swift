import Scenarios

/// A scenario without one entry of its schedule, and without those that wait for it or undo it by its name.
struct FaultRemoval {
  let name: String
  /// The indices of the entries that go with it.
  let others: [Int]
  let document: Value
  /// Whether what is left is a scenario.
  let isReadable: Bool

  init(of index: Int, from whole: Value, _ entries: [Value], file: String) {
    name = Self.name(of: entries[index])
    var gone = [index]
    var next = 0
    while next < gone.count {
      let name = Self.name(of: entries[gone[next]])
      // Other entries of that name answer for it.
      if !entries.indices.contains(where: { !gone.contains($0) && Self.name(of: entries[$0]) == name }) {
        for other in entries.indices where !gone.contains(other) && Self.names(name, in: entries[other]) { gone.append(other) }
      }
      next += 1
    }
    others = gone.dropFirst().sorted()
    let rest = entries.indices.filter { !gone.contains($0) }.map { entries[$0] }
    var document = whole
    if rest.isEmpty { document.remove("faults") } else { document.put("faults", .list(rest)) }
    self.document = document
    isReadable = (try? ScenarioDocument(document, file: file).scenario()) != nil
  }

  private static func name(of entry: Value) -> String { entry["name"]?.scalar ?? FaultReader.word(of: entry) ?? "" }

  /// Whether an entry waits for the one with a name, or releases what it holds.
  private static func names(_ name: String, in entry: Value) -> Bool {
    let awaited = entry["after"]?.scalar?.split(separator: " ").first.map(String.init)
    let released = entry[MessageDeed.Word.release.rawValue]
    return awaited == name || released?.scalar == name || released?.elements?.contains { $0.scalar == name } == true
  }
}
