import Host
import Primitives

/// A machine and what runs on it: it outlives the lives of its node, as its disk and its clock do.
final class Machine {
  let index: NodeIndex
  let id: NodeID
  let address: Address
  let profile: MachineProfile
  let isClient: Bool
  let make: (any NodeHost) -> any Node
  /// Keys this machine's random streams: a hash of its name.
  let key: Int64
  var clock: WallClock
  let disk: DiskStorage

  /// Counts lives. Events meant for a former life are dropped.
  private(set) var life: UInt32 = 0
  /// There while a life lasts.
  var host: SimulatedHost?
  /// There from the first event of a life.
  var node: (any Node)? { didSet { checkedNode = node as? any CheckedNode } }
  /// The same, where it says what must hold of it.
  private(set) var checkedNode: (any CheckedNode)?
  /// How often its nodes were looked at, and when next as a whole.
  var looks: UInt64 = 0
  var nextWholeLook: UInt64 = 256
  var hasPower = true
  var isPaused = false

  let processor: Processor
  var threads: ThreadPool
  /// Events that wait for the processor.
  var inbox = Inbox()
  /// What has gone by so far in the event that is being handled: work of a core, and waiting for the disk.
  var spent = Duration.zero
  var waited = Duration.zero
  /// What sends took since that was last entered in the books.
  private var spentOnSends = Duration.zero
  private var sendsUntil = Instant.zero
  /// There for a client while the world measures.
  var application: Station?
  private(set) var eventCost: Duration
  /// Of the profile, for machines of clients or of others.
  private let costs: ProcessorProfile
  private var percent: Int64 = 100
  /// What the event that is being handled has to do with exchanges.
  var followed = FollowedHandler()

  var name: String { address.host }

  init(
    index: NodeIndex, id: NodeID, address: Address, key: Int64, profile: MachineProfile, isClient: Bool, processor: Processor, disk: DiskStorage,
    clock: WallClock, make: @escaping (any NodeHost) -> any Node
  ) {
    self.index = index
    self.id = id
    self.address = address
    self.key = key
    self.profile = profile
    self.isClient = isClient
    self.make = make
    self.processor = processor
    costs = profile.processor(ofClient: isClient)
    threads = ThreadPool(count: costs.threads)
    self.disk = disk
    self.clock = clock
    eventCost = costs.event
  }

  func beginLife() {
    life += 1
    hasPower = true
    threads.free()
  }

  /// Drops the node, and what waits for it. Late events find another life.
  func endLife(at now: Instant) {
    life += 1
    host?.die()
    host = nil
    node = nil
    isPaused = false
    processor.waitingCount -= inbox.count
    for event in inbox.removeAll() { processor.station?.serve(arrival: event.arrival, begin: now, end: now) }
  }

  /// How long the handler of the present event has been under way.
  var elapsed: Duration { spent + waited }

  /// What one handler can be charged at most: 18 years, so that an instant plus this is an instant still, whatever a profile says.
  private static var longestWork: Duration { Duration(nanoseconds: 1 << 59) }

  @inline(__always)
  func spend(_ cost: Cost) {
    let work = costs.time(for: cost)
    let charged = min(percent == 100 ? work : work * percent / 100, Self.longestWork - spent)
    spent += charged
    if case .send = cost { spentOnSends += charged }
  }

  /// Enters what the handler that ends spent on sends: an application hands over one record after another, however many cores there are.
  func noteApplicationWork(at now: Instant) {
    guard spentOnSends > .zero else { return }
    let begin = max(now, sendsUntil)
    sendsUntil = begin + spentOnSends
    application?.insert(arrival: now, begin: begin, end: sendsUntil, bytes: 0)
    application?.settle(now)
    spentOnSends = .zero
  }

  func slow(toPercent percent: Int64) {
    precondition(percent > 0, "a processor at \(percent) percent of its time")
    self.percent = percent
    eventCost = costs.event * percent / 100
  }
}

/// FNV-1a over the UTF-8 bytes: the same on every machine and in every run.
func stableHash(of text: String) -> Int64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  return Int64(bitPattern: hash)
}
