import Primitives

// What of a node's disk would survive a power loss now. For observers; nothing here changes what happens.

extension World {
  /// The number of bytes of a file, from its beginning on, that are on the platter as readers see them; nil if not even its name is, or that of a directory above it.
  public func bytesOnPlatter(of path: String, at node: NodeIndex) -> Int? {
    fileOnPlatter(path, node) { $0.durableEntry($1) }?.securedBytes
  }

  /// What of a file is on the platter; nil if not even its name is. Whether those of the directories above it are does not matter.
  public func contentOnPlatter(of path: String, at node: NodeIndex) -> Bytes? {
    guard let content = fileOnPlatter(path, node, { $0[$1] })?.syncedContent else { return nil }
    return content.bytes(0..<content.size)
  }

  private func fileOnPlatter(_ path: String, _ node: NodeIndex, _ entryAbove: (Directory, String) -> Directory.Entry?) -> Inode? {
    let path = Path(path)
    guard !path.isRoot else { return nil }
    var directory = machine(node).disk.directories.root
    for name in PathNames(path.parent) {
      guard case .directory(let below) = entryAbove(directory, name) else { return nil }
      directory = below
    }
    guard case .file(let inode) = directory.durableEntry(path.name) else { return nil }
    return inode
  }
}
