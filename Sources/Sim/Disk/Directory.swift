import Primitives

/// A directory: the names that readers see, and the changes of them that the platter has not got yet.
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

  /// Looked up by name, and sorted before anybody walks through it.
  private var entries = [String: Entry](minimumCapacity: Directory.usualCount)
  private var durable = [String: Entry](minimumCapacity: Directory.usualCount)
  private var unsynced: [Change] = []
  /// Changes that went to the platter before those in `unsynced`.
  private var synced = 0
  private let moves: DirectoryMoves
  /// As many names as the directory of a log has: there is room for them from the start.
  private static let usualCount = 6

  init(_ moves: DirectoryMoves) { self.moves = moves }

  subscript(name: String) -> Entry? { entries[name] }

  /// In ascending order of their bytes.
  var names: [String] { entries.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

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

  /// Names the changes made so far, for `sync`.
  var changes: Int { synced + unsynced.count }

  /// Brings the first so many changes to the platter.
  func sync(changes: Int) {
    guard changes > synced else { return }
    for change in unsynced.prefix(changes - synced) { Self.apply(change, to: &durable) }
    unsynced.removeFirst(changes - synced)
    synced = changes
  }

  /// Leaves the names that the platter holds, here and below, and lets each file lose what it must.
  func losePower(_ policy: UnsyncedPolicy, _ random: inout RandomStream) {
    switch policy {
    case .dropped: break
    case .kept: sync(changes: changes)
    // A journal keeps the order of the changes: a first part of them survives.
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
