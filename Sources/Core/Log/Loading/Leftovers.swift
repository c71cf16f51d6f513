import Host
import Primitives

/// Takes away what an end in the middle of something left in a log's directory: files to be deleted, temporary ones, and the results of
/// compaction, which are finished or dropped.
struct Leftovers {
  let files: DirectoryFiles

  func remove() throws(DiskFailure) {
    let names = try files.list()
    for name in names where name.hasSuffix(LogNames.deleted) || name.hasSuffix(LogNames.temporary) || name.hasSuffix(LogNames.cleaned) {
      try files.remove(name)
    }
    try finishSwaps(names)
  }

  /// A compaction writes `.cleaned` files, renames all of them to `.swap`, from the last to the first, and then replaces the old segments. As long as one
  /// `.cleaned` log is there, the swaps behind it are not complete and the old segments are.
  private func finishSwaps(_ names: [String]) throws(DiskFailure) {
    let firstCleaned = names.filter { $0.hasSuffix(LogNames.cleaned) }.compactMap(Self.leadingOffset).min()
    let swapSuffix = LogNames.log + LogNames.swap
    for name in names where name.hasSuffix(LogNames.swap) {
      guard let baseOffset = LogNames.baseOffset(of: name, suffix: swapSuffix), firstCleaned.map({ baseOffset < $0 }) ?? true else {
        // Indexes are built anew for a log that is swapped in.
        try files.remove(name)
        continue
      }
      try swapIn(name, baseOffset)
    }
  }

  private func swapIn(_ name: String, _ baseOffset: Offset) throws(DiskFailure) {
    let end = try endOffset(of: name) ?? baseOffset
    for former in try files.list() {
      for suffix in [LogNames.log] + LogNames.indexes {
        guard let offset = LogNames.baseOffset(of: former, suffix: suffix), offset >= baseOffset, offset < max(end, baseOffset + 1) else { continue }
        try files.remove(former)
      }
    }
    try files.rename(name, to: LogNames.file(baseOffset, LogNames.log))
  }

  /// Offset behind the last batch of a file, as far as headers can be read.
  private func endOffset(of name: String) throws(DiskFailure) -> Offset? {
    guard let content = try files.content(of: name) else { return nil }
    var position = 0
    var end: Offset?
    while let header = BatchHeader(content, at: position), position + header.sizeInBytes <= content.count {
      end = header.nextOffset
      position += header.sizeInBytes
    }
    return end
  }

  private static func leadingOffset(_ name: String) -> Offset? {
    Int64(name.prefix { $0.isNumber }).map { Offset($0) }
  }
}
