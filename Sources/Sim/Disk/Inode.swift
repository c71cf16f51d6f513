import Primitives

/// A file, whatever its names: what readers see (the page cache), and how much of it is on the platter.
///
/// A file only grows or shrinks at its end, so the platter differs from the cache in three ways: the bytes after `stableSize` are only in the cache;
/// `cutOff` is what the platter still holds there from before an unsynced truncation; and the ranges in `phantoms` were reported as written but
/// are not.
final class Inode {
  static let pageSize = 4096
  private static let sectorSize = 512

  private(set) var content = FileContent()
  /// Below this offset, platter and cache agree.
  private(set) var stableSize = 0
  private var cutOff = FileContent()
  private var phantoms: [Range<Int>] = []
  var modified: Timestamp
  /// Syncs under way. A truncation in the meantime reduces what they make stable.
  private var syncs: [SyncUnderWay] = []
  private var syncsBegun: UInt32 = 0
  /// For each mebibyte, the disk's `cachedBytes` when it was last used.
  private var lastUses: ContiguousArray<Int64> = []

  private struct SyncUnderWay {
    let number: UInt32
    /// The offset up to which the device writes.
    let size: Int
    /// The offset up to which the cache still holds what the device writes.
    var valid: Int
  }

  init(modified: Timestamp) { self.modified = modified }

  var size: Int { content.size }
  var unsyncedBytes: Int { size - stableSize }
  /// The number of bytes from the beginning on that would survive a power loss as readers see them.
  var securedBytes: Int { phantoms.reduce(stableSize) { min($0, $1.lowerBound) } }

  func append(_ bytes: Bytes) { content.append(bytes) }

  func truncate(to newSize: Int) {
    guard newSize < size else { return }
    let maybeOnPlatter = syncs.reduce(stableSize) { max($0, $1.valid) }
    if newSize < maybeOnPlatter {
      var older = FileContent()
      older.append(contentsOf: content.slices(newSize..<maybeOnPlatter))
      if cutOff.size > maybeOnPlatter - stableSize {
        older.append(contentsOf: cutOff.slices(maybeOnPlatter - stableSize..<cutOff.size))
      }
      cutOff = older
      stableSize = min(stableSize, newSize)
      for index in syncs.indices { syncs[index].valid = min(syncs[index].valid, newSize) }
    }
    content.truncate(to: newSize)
  }

  func beginSync() -> UInt32 {
    syncsBegun += 1
    syncs.append(SyncUnderWay(number: syncsBegun, size: size, valid: size))
    return syncsBegun
  }

  /// Ends a sync: the device has written what the cache held when the sync began.
  func endSync(_ number: UInt32) {
    guard let index = syncs.firstIndex(where: { $0.number == number }) else { return }
    let sync = syncs.remove(at: index)
    stableSize = max(stableSize, sync.valid)
    if sync.valid == sync.size { cutOff = FileContent() }
  }

  /// Fails a sync. As on Linux, the pages count as clean afterwards: a later sync that succeeds does not write them to the platter.
  func failSync(_ number: UInt32) {
    guard let index = syncs.firstIndex(where: { $0.number == number }) else { return }
    let sync = syncs.remove(at: index)
    if stableSize < sync.valid { phantoms.append(stableSize..<sync.valid) }
  }

  // MARK: Page cache

  /// The page cache tracks use in chunks of this size.
  private static let chunkSize = 1 << 20

  func chunks(of range: Range<Int>) -> ClosedRange<Int> { range.lowerBound / Self.chunkSize...(range.upperBound - 1) / Self.chunkSize }
  func size(ofChunk chunk: Int) -> Int { min(size - chunk * Self.chunkSize, Self.chunkSize) }
  func lastUse(ofChunk chunk: Int) -> Int64 { lastUses[chunk] }
  func touch(chunk: Int, at reading: Int64) { lastUses[chunk] = reading }

  @inline(__always)
  func touch(_ range: Range<Int>, at reading: Int64) {
    guard !range.isEmpty else { return }
    for chunk in chunks(of: range) {
      if chunk < lastUses.count { lastUses[chunk] = reading } else { lastUses.append(reading) }
    }
  }

  // MARK: Corruption

  /// The damage that faults did to this file without an error.
  var damages: ContiguousArray<TracedDamage> = []

  func recordRead(_ range: Range<Int>, at now: Instant) { for damage in damages { damage.recordRead(range, at: now) } }

  /// Marks a range that the device reports as written although it is not.
  func losesWrite(_ range: Range<Int>) { phantoms.append(range) }

  /// Overwrites a range on the platter and in the cache.
  func corrupt(at position: Int, with bytes: Bytes) { content.overwrite(at: position, with: bytes) }

  // MARK: Power loss

  /// Keeps only what is on the platter once the power is gone.
  func losePower(_ policy: UnsyncedPolicy, _ random: inout RandomStream) {
    let survivor: FileContent
    switch policy {
    case .kept: survivor = content
    case .dropped: survivor = platter(withoutTruncation: true)
    case .random: survivor = randomSurvivor(&random)
    }
    content = withoutPhantoms(survivor)
    stableSize = content.size
    cutOff = FileContent()
    phantoms = []
    syncs = []
  }

  /// What is on the platter for sure: what is left by a power loss that drops everything else.
  var syncedContent: FileContent { withoutPhantoms(platter(withoutTruncation: true)) }

  /// Zeros stand where writes were reported that were not made.
  private func withoutPhantoms(_ content: FileContent) -> FileContent {
    var content = content
    for phantom in phantoms where phantom.lowerBound < content.size {
      let lost = phantom.lowerBound..<min(phantom.upperBound, content.size)
      var zeros = FileContent()
      zeros.appendZeros(lost.count)
      content.overwrite(at: lost.lowerBound, with: zeros.bytes(0..<lost.count))
    }
    return content
  }

  private func platter(withoutTruncation: Bool) -> FileContent {
    var platter = content
    platter.truncate(to: stableSize)
    if withoutTruncation && cutOff.size > 0 { platter.append(contentsOf: cutOff.slices(0..<cutOff.size)) }
    return platter
  }

  private func randomSurvivor(_ random: inout RandomStream) -> FileContent {
    let isTruncationLost = cutOff.size > 0 && random.chance(1, in: 2)
    let old = platter(withoutTruncation: isTruncationLost)
    var survivor = content
    survivor.truncate(to: stableSize)
    var at = stableSize
    while at < size {
      let end = min((at / Self.pageSize + 1) * Self.pageSize, size)
      let written: Int
      switch random.below(5) {
      case 0, 1: written = end
      case 2, 3: written = at
      default: written = min(end, (at / Self.sectorSize + Int(random.below(Int64(Self.pageSize / Self.sectorSize)))) * Self.sectorSize)
      }
      if written > at {
        fill(&survivor, upTo: at, from: old)
        survivor.append(contentsOf: content.slices(at..<written))
      }
      at = end
    }
    fill(&survivor, upTo: old.size, from: old)
    return survivor
  }

  /// Extends a survivor to a size with what the platter held before: older bytes, or a hole that reads as zeros.
  private func fill(_ survivor: inout FileContent, upTo size: Int, from old: FileContent) {
    guard survivor.size < size else { return }
    if survivor.size < old.size { survivor.append(contentsOf: old.slices(survivor.size..<min(size, old.size))) }
    if survivor.size < size { survivor.appendZeros(size - survivor.size) }
  }
}
