import Host
import Primitives

/// The disk of a machine with its file system: it outlives the processes that use it.
final class DiskStorage {
  private let profile: DiskProfile
  private let seed: UInt64
  private let node: NodeIndex
  /// The machine's key, which keys the random streams of the disk.
  private let key: Int64
  /// Called for every operation that a fault touches.
  private let onHit: (FaultID) -> Void
  let device: DiskDevice
  var directories = DirectoryTree()
  private(set) var usedBytes: Int64 = 0
  private var latencies: RandomStream
  private var faults: [ActiveDiskFault] = []
  var hasFault: Bool { !faults.isEmpty }
  var isUnsound: Bool { faults.contains { !$0.fault.kind.onlyTakesTime } }
  /// When the last flush ends that a fault made slow: it may be over when the fault has long been.
  private(set) var slowedUntil = Instant.zero
  /// What faults damaged without an error, in the order in which they did it.
  private var damages: [(damage: TracedDamage, inode: Inode)] = []
  /// The number of damages that a disk keeps track of; later ones are of the same kinds.
  private static let followedDamages = 1_000

  init(_ profile: DiskProfile, device: DiskDevice, node: NodeIndex, seed: UInt64, key: Int64, onHit: @escaping (FaultID) -> Void) {
    self.profile = profile
    self.device = device
    self.node = node
    self.seed = seed
    self.key = key
    self.onHit = onHit
    latencies = RandomStream(seed: seed, purpose: "disk", key)
  }

  func replace() {
    directories = DirectoryTree()
    usedBytes = 0
  }

  /// The stream depends only on the disk and the instant, so adding or removing an earlier power loss changes nothing here.
  func losePower(_ policy: UnsyncedPolicy, at now: Instant) {
    var random = RandomStream(seed: seed, purpose: "power loss", key, now.nanoseconds)
    directories.root.losePower(policy, &random)
    for (damage, inode) in damages { damage.recordPowerLoss(leaving: inode.size, at: now) }
    usedBytes = directories.root.totalSize
    device.losePower(at: now)
    slowedUntil = min(slowedUntil, now)
  }

  func reserve(_ bytes: Int) throws(DiskError) {
    guard usedBytes + Int64(bytes) <= profile.capacity else { throw .noSpace }
    usedBytes += Int64(bytes)
  }

  func free(_ bytes: Int) { usedBytes -= Int64(bytes) }

  /// Writes a new file with its directories, all the way to the platter, without any time.
  func place(_ content: Bytes, at text: String) {
    let path = Path(text), inode = Inode(modified: Timestamp(milliseconds: 0))
    do throws(DiskError) {
      try directories.make(Path(String(path.parent)))
      try reserve(content.count)
      try directories.parent(of: path).set(path.name, .file(inode))
    } catch {
      preconditionFailure("\(text) cannot be placed on a disk: \(error)")
    }
    inode.append(content)
    inode.touch(0..<content.count, at: device.cachedBytes)
    inode.endSync(inode.beginSync())
    directories.root.sync()
  }

  // MARK: Reading and writing

  /// Appends to a file, and says how long the writer has to wait.
  func append(_ bytes: Bytes, to inode: Inode, path: String, at instant: Instant, now: Instant) throws(DiskError) -> Duration {
    if hasFault {
      try failIfFaulty(path)
      try failIfFull(path)
    }
    try reserve(bytes.count)
    let position = inode.size
    inode.append(bytes)
    let wait = append(bytes.count, to: inode, at: instant, now: now)
    if hasFault { divert(bytes, at: position, of: inode, path: path, now: now) }
    return wait
  }

  /// What lies at a place of a file, as far as it reaches, and how long the reader has to wait.
  func read(_ inode: Inode, at position: Int, count: Int, path: String, at instant: Instant, now: Instant) throws(DiskError) -> (Bytes, Duration) {
    if hasFault { try failIfFaulty(path) }
    let size = inode.size
    guard position < size else { return (.empty, .zero) }
    let range = position..<min(size, position + count)
    if !inode.damages.isEmpty { inode.recordRead(range, at: now) }
    let wait = device.mayHaveForgotten ? read(range, of: inode, at: instant, now: now) : .zero
    return (inode.content.bytes(range), wait)
  }

  // MARK: Time

  /// When a flush of `bytes` that is requested at an instant ends.
  func flushEnd(of path: String, bytes: Int, at instant: Instant, now: Instant) -> Instant {
    let latency = drawLatency()
    guard case .slow(let extra) = strike(path, { if case .slow = $0 { true } else { false } })?.kind else {
      return device.flush(bytes, latency: latency, at: instant, now: now)
    }
    let end = device.flush(bytes, latency: latency + extra, at: instant, now: now)
    slowedUntil = max(slowedUntil, end)
    return end
  }

  private func drawLatency() -> Duration {
    let quantiles = profile.syncQuantiles
    guard let first = quantiles.first else {
      return profile.syncLatency + (profile.syncTailMean > .zero ? latencies.exponential(mean: profile.syncTailMean) : .zero)
    }
    guard quantiles.count > 1 else { return first }
    let step = Int(latencies.below(Int64(quantiles.count - 1)))
    return latencies.between(quantiles[step], quantiles[step + 1])
  }

  /// Counts appended bytes, and returns how long the writer must wait because too much is unwritten.
  @inline(__always)
  func append(_ bytes: Int, to inode: Inode, at instant: Instant, now: Instant) -> Duration {
    let wait = device.append(bytes, at: instant, now: now)
    inode.touch(inode.size - bytes..<inode.size, at: device.cachedBytes)
    return wait
  }

  /// How long a reader waits for bytes that the page cache does not hold.
  func read(_ range: Range<Int>, of inode: Inode, at instant: Instant, now: Instant) -> Duration {
    var end = instant
    for chunk in inode.chunks(of: range) {
      if !device.holds(usedAt: inode.lastUse(ofChunk: chunk)) { end = device.read(inode.size(ofChunk: chunk), at: end, now: now) }
      inode.touch(chunk: chunk, at: device.cachedBytes)
    }
    return end - instant
  }

  // MARK: Faults

  func apply(_ fault: ActiveDiskFault, now: Instant) {
    if case .rot(let bits) = fault.fault.kind { return rot(fault, bits: bits, now) }
    faults.append(fault)
  }

  /// Removes a fault and returns whether it existed: if so, the operations it stalled may continue.
  func lift(_ id: FaultID) -> Bool {
    guard let index = faults.firstIndex(where: { $0.id == id }) else { return false }
    faults.remove(at: index)
    return true
  }

  /// The first fault of the given kinds that touches a path; counts as a hit.
  @inline(__always)
  func strike(_ path: String, _ isKind: (DiskFault.Kind) -> Bool) -> DiskFault? {
    if faults.isEmpty { return nil }
    guard let index = indexOfFault(touching: path, isKind) else { return nil }
    return faults[index].fault
  }

  private func indexOfFault(touching path: String, _ isKind: (DiskFault.Kind) -> Bool) -> Int? {
    guard let index = faults.firstIndex(where: { isKind($0.fault.kind) && $0.applies(to: path) }) else { return nil }
    faults[index].acted += 1
    onHit(faults[index].id)
    return index
  }

  func failIfFaulty(_ path: String) throws(DiskError) {
    if strike(path, { $0 == .inputOutputError }) != nil { throw .inputOutput }
  }

  func failIfFull(_ path: String) throws(DiskError) {
    if strike(path, { $0 == .full }) != nil { throw .noSpace }
  }

  /// Misplaces a write, if a fault says so, after it was made in the page cache.
  func divert(_ bytes: Bytes, at position: Int, of inode: Inode, path: String, now: Instant) {
    guard !faults.isEmpty else { return }
    let range = position..<position + bytes.count
    if let index = indexOfFault(touching: path, { $0 == .phantomWrite }) {
      inode.losesWrite(range)
      trace(.neverWritten, range, of: inode, path, by: faults[index].id, now)
    }
    guard let index = indexOfFault(touching: path, { $0 == .misdirectedWrite }) else { return }
    inode.losesWrite(range)
    trace(.neverWritten, range, of: inode, path, by: faults[index].id, now)
    let victims = directories.root.files().filter { matches($0.path, pattern: faults[index].fault.files) && $0.inode.size > bytes.count }
    guard !victims.isEmpty else { return }
    let (victimPath, victim) = faults[index].random.pick(victims)
    // Not at its own position, even in its own file.
    let end = victim === inode ? position : victim.size
    guard end >= bytes.count else { return }
    let place = Int(faults[index].random.below(Int64(end - bytes.count + 1)))
    victim.corrupt(at: place, with: bytes)
    trace(.overwritten, place..<place + bytes.count, of: victim, victimPath, by: faults[index].id, now)
  }

  private func rot(_ fault: ActiveDiskFault, bits: Int, _ now: Instant) {
    var random = fault.random
    let victims = directories.root.files().filter { matches($0.path, pattern: fault.fault.files) && $0.inode.size > 0 }
    guard !victims.isEmpty else { return }
    for _ in 0..<bits {
      let (path, victim) = random.pick(victims)
      let position = Int(random.below(Int64(victim.size)))
      let flipped = victim.content.bytes(position..<position + 1)[0] ^ 1 << UInt8(random.below(8))
      victim.corrupt(at: position, with: [flipped])
      onHit(fault.id)
      trace(.rot, position..<position + 1, of: victim, path, by: fault.id, now)
    }
  }

  // MARK: Damage

  private func trace(_ kind: Damage.Kind, _ range: Range<Int>, of inode: Inode, _ path: String, by fault: FaultID, _ now: Instant) {
    if inode.damages.last?.takes(fault, kind, range) == true { return }
    guard damages.count < Self.followedDamages else { return }
    let damage = Damage(kind: kind, node: node, path: path, range: range, since: now, visible: kind == .neverWritten ? nil : now)
    let traced = TracedDamage(damage, by: fault)
    inode.damages.append(traced)
    damages.append((traced, inode))
  }

  /// The damage that a fault did here without an error.
  func damages(by fault: FaultID) -> [Damage] {
    let done = damages.filter { $0.damage.fault == fault }
    guard !done.isEmpty else { return [] }
    let files = directories.root.files()
    return done.map { traced, inode in
      var damage = traced.damage
      damage.presentPath = files.first { $0.inode === inode }?.path
      if damage.end == nil, damage.presentPath == nil { damage.end = .fileGone }
      return damage
    }
  }
}

extension Directory {
  /// All files here and below with their paths, sorted by name.
  func files(below prefix: String = "") -> [(path: String, inode: Inode)] {
    names.flatMap { name -> [(path: String, inode: Inode)] in
      switch self[name] {
      case .file(let inode): [(prefix + name, inode)]
      case .directory(let directory): directory.files(below: prefix + name + "/")
      case nil: []
      }
    }
  }

  /// Writes all changes of names to the platter, here and below.
  fileprivate func sync() {
    sync(changes: changes)
    for name in names {
      if case .directory(let directory) = self[name] { directory.sync() }
    }
  }

  var totalSize: Int64 { files().reduce(0) { $0 + Int64($1.inode.size) } }
}
