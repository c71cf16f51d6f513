import Glibc
import Host
import Primitives

/// Descriptors of the most recently used directories below a node's root, so that not every use of a file walks there from the root.
///
/// A walk follows no link, and a cached descriptor is the result of a recent walk. A directory that the node renames or removes is dropped with everything
/// below it (`forget`); one that another process removed is never used again, and one that another process moved is used for at most `lifetime`.
struct DirectoryCache {
  private struct Entry {
    let names: [Substring]
    let descriptor: Descriptor
    let opened: Instant
  }

  private let root: Descriptor
  /// The most recently used one is last.
  private var entries: [Entry] = []

  /// The directory of a partition and its parents, for two partitions at a time.
  private static let most = 4
  /// How long a descriptor is used before the path is walked again.
  private static let lifetime = Duration.milliseconds(100)

  init(root: Descriptor) { self.root = root }

  /// The directory at a path below the root, outermost name first.
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

  /// Drops a path, because its name belongs to something else now, or to nothing.
  mutating func forget(_ names: [Substring]) {
    entries.removeAll { $0.names.starts(with: names) }
  }

  /// Closes all descriptors.
  mutating func removeAll() { entries = [] }
}
