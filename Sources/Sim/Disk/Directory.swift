import Primitives

/// A directory: the names that readers see, and the changes to them that are not on the platter yet.
final class Directory {
  enum Entry {
    case file(Inode)
    case directory(Directory)
  }

  private enum Change {
    case set(String, Entry)
    case remove(String)
    /// Within a directory, both names change together or not at all.
    case rename(String, to: String, Entry)
  }

  /// Looked up by name; sorted before any walk through it.
  private var entries = [String: Entry](minimumCapacity: Directory.usualCount)
  private var durable = [String: Entry](minimumCapacity: Directory.usualCount)
  private var unsynced: [Change] = []
  /// Changes that went to the platter before those in `unsynced`.
  private var synced = 0
  private let moves: DirectoryMoves
  /// The number of names in the directory of a log: room for them is reserved from the start.
  private static let usualCount = 6

  init(_ moves: DirectoryMoves) { self.moves = moves }

  subscript(name: String) -> Entry? { entries[name] }

  /// In ascending order of their bytes.
  var names: [String] { Self.names(in: entries) }
  /// Those that are on the platter, in the same order.
  var durableNames: [String] { Self.names(in: durable) }

  func durableEntry(_ name: String) -> Entry? { durable[name] }

  private static func names(in entries: [String: Entry]) -> [String] { entries.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  func set(_ name: String, _ entry: Entry) { make(.set(name, entry)) }
  func remove(_ name: String) { make(.remove(name)) }
  func rename(_ name: String, to newName: String, _ entry: Entry) { make(.rename(name, to: newName, entry)) }

  private func make(_ change: Change) {
    unsynced.append(change)
    if Self.apply(change, to: &entries) { moves.count += 1 }
  }

  /// Returns whether a directory lost its name.
  @discardableResult
  private static func apply(_ change: Change, to entries: inout [String: Entry]) -> Bool {
    switch change {
    case .set(let name, let entry): return isDirectory(entries.updateValue(entry, forKey: name))
    case .remove(let name): return isDirectory(entries.removeValue(forKey: name))
    case .rename(let name, let newName, let entry):
      entries[name] = nil
      let replaced = entries.updateValue(entry, forKey: newName)
      return isDirectory(entry) || isDirectory(replaced)
    }
  }

  private static func isDirectory(_ entry: Entry?) -> Bool { if case .directory = entry { true } else { false } }

  /// The number of changes made up to now; `sync` takes it.
  var changes: Int { synced + unsynced.count }

  /// Writes the first `changes` changes to the platter.
  func sync(changes: Int) {
    guard changes > synced else { return }
    for change in unsynced.prefix(changes - synced) { Self.apply(change, to: &durable) }
    unsynced.removeFirst(changes - synced)
    synced = changes
  }

  /// Keeps only the names that are on the platter, here and below, and lets each file lose what is not synced.
  func losePower(_ policy: UnsyncedPolicy, _ random: inout RandomStream) {
    switch policy {
    case .dropped: break
    case .kept: sync(changes: changes)
    // A journal keeps changes in order, so a prefix of them survives.
    case .random: sync(changes: synced + Int(random.below(Int64(unsynced.count + 1))))
    }
    entries = durable
    unsynced = []
    moves.count += 1
    for name in names {
      switch entries[name] {
      case .file(let inode): inode.losePower(policy, &random)
      case .directory(let directory): directory.losePower(policy, &random)
      case nil: break
      }
    }
  }
}

/// Counts the changes after which a path may lead to another directory than before, or to none.
final class DirectoryMoves {
  var count = 0
}
