import Primitives

/// A directory or a file of a simulated disk, for whoever copies the disk out of its world.
public enum DiskEntry {
  case directory(path: String)
  /// - Parameter content: the bytes of the file in pieces, which are shared with the disk.
  case file(path: String, modified: Timestamp, content: ContiguousArray<Bytes>)
}

/// What of a disk is there.
public enum DiskRemains: String, Sendable, CaseIterable {
  /// What readers see: the page cache survives the processes.
  case kill
  /// What was synced: nothing else survives, as with `UnsyncedPolicy.dropped`.
  case powerLoss = "power-loss"
}

extension World {
  /// Visits what would be on a node's disk if its process were killed or its machine lost power now. Changes nothing.
  ///
  /// Each directory comes before what is in it; names are in ascending order of their bytes, and paths begin at the root of the disk.
  public func visitDisk(of node: NodeIndex, after remains: DiskRemains, _ visit: (DiskEntry) throws -> Void) rethrows {
    try machine(node).disk.directories.root.visit(below: "", after: remains, visit)
  }
}

extension Directory {
  fileprivate func visit(below prefix: String, after remains: DiskRemains, _ visit: (DiskEntry) throws -> Void) rethrows {
    for name in remains == .kill ? names : durableNames {
      let path = prefix + name
      switch remains == .kill ? self[name] : durableEntry(name) {
      case .directory(let directory):
        try visit(.directory(path: path))
        try directory.visit(below: path + "/", after: remains, visit)
      case .file(let inode):
        let content = remains == .kill ? inode.content : inode.syncedContent
        try visit(.file(path: path, modified: inode.modified, content: content.slices(0..<content.size)))
      case nil: break
      }
    }
  }
}
