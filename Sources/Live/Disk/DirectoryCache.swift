import Glibc
import Host
import Primitives

/// Descriptors of the directories below a node's root that were used last, so that not every use of a file walks to it from the root.
///
/// A walk follows no link, and what is kept is what a walk led to a moment ago. A directory that the node renames or removes is forgotten with all
/// below it (`forget`); one that somebody else removed is never used again, and one that somebody else moved for `lifetime` at most.
struct DirectoryCache {
  private struct Entry {
    let names: [Substring]
    let descriptor: Descriptor
    let opened: Instant
  }

  private let root: Descriptor
  /// The one used last stands last.
  private var entries: [Entry] = []

  /// A partition's directory and those above it, of two partitions at a time.
  private static let most = 4
  /// After so long the way is walked again.
  private static let lifetime = Duration.milliseconds(100)

  init(root: Descriptor) { self.root = root }

  /// The directory at some names below the root, outermost first.
  mutating func open(_ names: [Substring]) throws(DiskError) -> Descriptor {
    guard let last = names.last else { return root }
    if let known = known(names) { return known }
    let parent = try open(Array(names.dropLast()))
    let descriptor = Descriptor(try systemCall { openat(parent.number, String(last), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) })
    if entries.count == Self.most { entries.removeFirst() }
    entries.append(Entry(names: names, descriptor: descriptor, opened: .ofMachine))
    return descriptor
  }

  private mutating func known(_ names: [Substring]) -> Descriptor? {
    guard let index = entries.lastIndex(where: { $0.names == names }) else { return nil }
    let entry = entries.remove(at: index)
    var facts = stat()
    guard fstat(entry.descriptor.number, &facts) == 0, facts.st_nlink > 0, Instant.ofMachine - entry.opened < Self.lifetime else { return nil }
    entries.append(entry)
    return entry.descriptor
  }

  /// Something else bears a name from now on, or nothing does.
  mutating func forget(_ names: [Substring]) {
    entries.removeAll { $0.names.starts(with: names) }
  }

  /// Gives all descriptors back.
  mutating func removeAll() { entries = [] }
}
