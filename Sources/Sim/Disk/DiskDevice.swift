import Primitives

/// The timing of a disk: one channel that transfers bytes in the order of the requests, several flushes at a time, and a page cache in front of both.
/// The cache holds what was used last and a limited amount of unwritten data.
///
/// Above `writebackFrom` unwritten bytes, the device writes back in the background in chunks of one mebibyte, so a flush waits for one chunk at most.
final class DiskDevice {
  private static let writebackChunk: Int64 = 1 << 20

  private let profile: DiskProfile
  private let writeBytePicoseconds: Int64
  private let readBytePicoseconds: Int64
  /// When each of the parallel flushes ends.
  private var flushesUntil: ContiguousArray<Instant>
  /// When all transfers requested so far are done.
  private var movesUntil = Instant.zero
  /// Bytes in the page cache that are neither written nor being written.
  private var dirtyBytes: Int64 = 0
  /// When `dirtyBytes` last went above `writebackFrom`.
  private var writesBackSince = Instant.zero
  /// Bytes that ever entered the page cache: the clock by which pages are evicted.
  private(set) var cachedBytes: Int64 = 0

  /// Set only while the world measures.
  private var moves: Station?
  private var flushes: Station?

  init(_ profile: DiskProfile) {
    self.profile = profile
    writeBytePicoseconds = bytePicoseconds(ofBandwidth: profile.writeBandwidth)
    readBytePicoseconds = bytePicoseconds(ofBandwidth: profile.readBandwidth)
    flushesUntil = ContiguousArray(repeating: .zero, count: profile.parallelFlushes)
  }

  // MARK: Time

  /// Adds appended bytes to the page cache, and returns how long the writer must wait because too much of the cache is unwritten.
  @inline(__always)
  func append(_ bytes: Int, at instant: Instant, now: Instant) -> Duration {
    cachedBytes += Int64(bytes)
    let before = dirtyBytes
    dirtyBytes += Int64(bytes)
    return dirtyBytes <= profile.writebackFrom ? .zero : writeBack(before: before, instant, now)
  }

  private func writeBack(before: Int64, _ instant: Instant, _ now: Instant) -> Duration {
    if before <= profile.writebackFrom { writesBackSince = instant }
    writeBack(until: instant)
    settle(now)
    let excess = dirtyBytes - profile.dirtyLimit
    return excess > 0 ? max(.zero, movesUntil - instant) + transferTime(of: excess, bytePicoseconds: writeBytePicoseconds) : .zero
  }

  /// Starts every background write that is due by an instant.
  private func writeBack(until instant: Instant) {
    while dirtyBytes > profile.writebackFrom {
      let begin = max(movesUntil, writesBackSince)
      guard begin <= instant else { return }
      let bytes = min(dirtyBytes - profile.writebackFrom, Self.writebackChunk)
      dirtyBytes -= bytes
      move(bytes, bytePicoseconds: writeBytePicoseconds, arrival: begin, from: begin)
    }
  }

  /// When a flush requested at an instant ends. Part of the `bytes` it must write may have been written back already.
  func flush(_ bytes: Int, latency: Duration, at instant: Instant, now: Instant) -> Instant {
    writeBack(until: instant)
    var lane = 0
    for other in flushesUntil.indices where flushesUntil[other] < flushesUntil[lane] { lane = other }
    let begin = max(instant, flushesUntil[lane])
    let unwritten = min(Int64(bytes), dirtyBytes)
    dirtyBytes -= unwritten
    if unwritten > 0 { move(unwritten, bytePicoseconds: writeBytePicoseconds, arrival: begin, from: begin) }
    flushesUntil[lane] = (unwritten > 0 ? movesUntil : begin) + latency
    flushes?.insert(arrival: instant, begin: begin, end: flushesUntil[lane], bytes: unwritten)
    settle(now)
    return flushesUntil[lane]
  }

  /// When a read from the platter ends that is requested at an instant. The page cache holds the bytes from then on.
  func read(_ bytes: Int, at instant: Instant, now: Instant) -> Instant {
    writeBack(until: instant)
    cachedBytes += Int64(bytes)
    move(Int64(bytes), bytePicoseconds: readBytePicoseconds, arrival: instant, from: instant)
    settle(now)
    return movesUntil + profile.readLatency
  }

  private func move(_ bytes: Int64, bytePicoseconds: Int64, arrival: Instant, from instant: Instant) {
    let begin = max(instant, movesUntil)
    movesUntil = begin + transferTime(of: bytes, bytePicoseconds: bytePicoseconds)
    moves?.insert(arrival: arrival, begin: begin, end: movesUntil, bytes: bytes)
  }

  // MARK: Page cache

  /// Whether the page cache may have evicted anything.
  var mayHaveForgotten: Bool { cachedBytes >= profile.pageCache }

  /// Whether pages last used when `cachedBytes` was `reading` are still cached: less than a full cache has come in since.
  func holds(usedAt reading: Int64) -> Bool { cachedBytes - reading < profile.pageCache }

  /// Drops unwritten bytes that no longer have to be written.
  func discard(_ bytes: Int) { dirtyBytes -= min(dirtyBytes, Int64(bytes)) }

  /// Loses the page cache and every operation under way.
  func losePower(at now: Instant) {
    for lane in flushesUntil.indices { flushesUntil[lane] = min(flushesUntil[lane], now) }
    movesUntil = min(movesUntil, now)
    moves?.abort(at: now)
    flushes?.abort(at: now)
    dirtyBytes = 0
    cachedBytes += profile.pageCache
  }

  // MARK: Measuring

  func measure(as node: String, isOfClient: Bool) {
    moves = Station(node: node, kind: .disk, servers: 1, isOfClient: isOfClient)
    flushes = Station(node: node, kind: .flush, servers: profile.parallelFlushes, isOfClient: isOfClient)
  }

  /// Settles the stations up to now, so that their queues stay short.
  private func settle(_ now: Instant) {
    moves?.settle(now)
    flushes?.settle(now)
  }

  func readings(at now: Instant) -> [StationReading] {
    writeBack(until: now)
    return [moves?.reading(at: now), flushes?.reading(at: now)].compactMap { $0 }
  }
}
