import Primitives

/// What of a disk takes time: one way for bytes, in the order in which they are asked for; flushes, of which several are done side by side; and the
/// page cache before both, which holds what was used last and a bounded amount of what is not written yet.
///
/// Above `writebackFrom` unwritten bytes are written back in the background, a mebibyte after the other, so that a flush waits for one of these at most.
final class DiskDevice {
  private static let writebackChunk: Int64 = 1 << 20

  private let profile: DiskProfile
  private let writeBytePicoseconds: Int64
  private let readBytePicoseconds: Int64
  /// When each of the flushes that are done side by side has ended.
  private var flushesUntil: ContiguousArray<Instant>
  /// When the bytes asked for so far have been moved.
  private var movesUntil = Instant.zero
  /// Bytes in the page cache that are neither written nor on their way.
  private var dirtyBytes: Int64 = 0
  /// Since when there are more of them than `writebackFrom`.
  private var writesBackSince = Instant.zero
  /// Bytes that came into the page cache ever: the clock by which pages are forgotten.
  private(set) var cachedBytes: Int64 = 0

  /// There while the world measures.
  private var moves: Station?
  private var flushes: Station?

  init(_ profile: DiskProfile) {
    self.profile = profile
    writeBytePicoseconds = bytePicoseconds(ofBandwidth: profile.writeBandwidth)
    readBytePicoseconds = bytePicoseconds(ofBandwidth: profile.readBandwidth)
    flushesUntil = ContiguousArray(repeating: .zero, count: profile.parallelFlushes)
  }

  // MARK: Time

  /// Takes appended bytes into the page cache, and says how long the writer has to wait because too much in it is not written yet.
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

  /// Begins what writing back in the background begins up to an instant.
  private func writeBack(until instant: Instant) {
    while dirtyBytes > profile.writebackFrom {
      let begin = max(movesUntil, writesBackSince)
      guard begin <= instant else { return }
      let bytes = min(dirtyBytes - profile.writebackFrom, Self.writebackChunk)
      dirtyBytes -= bytes
      move(bytes, bytePicoseconds: writeBytePicoseconds, arrival: begin, from: begin)
    }
  }

  /// When a flush that is asked for at an instant will have ended. Of the `bytes` that it has to see written, some may have been written back.
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

  /// When a read at an instant of bytes that the page cache does not hold will have ended. It holds them then.
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

  /// Whether the page cache may have forgotten anything.
  var mayHaveForgotten: Bool { cachedBytes >= profile.pageCache }

  /// Whether pages that were used last at a reading of `cachedBytes` are still there: as many bytes as fit have not come since.
  func holds(usedAt reading: Int64) -> Bool { cachedBytes - reading < profile.pageCache }

  /// Unwritten bytes that need not be written any more.
  func discard(_ bytes: Int) { dirtyBytes -= min(dirtyBytes, Int64(bytes)) }

  /// The page cache is gone, and whatever was under way.
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

  /// Closes the books up to now, so that they stay short.
  private func settle(_ now: Instant) {
    moves?.settle(now)
    flushes?.settle(now)
  }

  func readings(at now: Instant) -> [StationReading] {
    writeBack(until: now)
    return [moves?.reading(at: now), flushes?.reading(at: now)].compactMap { $0 }
  }
}
