import Host
import Primitives

/// A machine and what runs on it. It outlives the lives of its node, and so do its disk and its clock.
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

  /// The number of the current life. Events meant for an earlier life are dropped.
  private(set) var life: UInt32 = 0
  /// The event during which the current life was begun, while causes are recorded.
  var startedBy = EventNumber.none
  /// Set while a life lasts.
  var host: SimulatedHost?
  /// Set from the first event of a life on.
  var node: (any Node)?
  /// How often its nodes were checked, and when the next full check is due.
  var looks: UInt64 = 0
  var nextWholeLook: UInt64 = 256
  var hasPower = true
  var isPaused = false

  let processor: Processor
  var threads: ThreadPool
  /// Events that wait for the processor.
  var inbox = Inbox()
  /// The time that has passed so far in the event being handled: work of a core, and waiting for the disk.
  var spent = Duration.zero
  var waited = Duration.zero
  /// Time spent on sends and not yet added to the station.
  private var spentOnSends = Duration.zero
  private var sendsUntil = Instant.zero
  /// Set for a client while the world measures.
  var application: Station?
  private(set) var eventCost: Duration
  /// The costs from the profile, for client machines or for the others.
  private let costs: ProcessorProfile
  private var percent: Int64 = 100
  /// The exchanges of the event being handled.
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

  /// Drops the node and everything that waits for it. Late events find another life.
  func endLife(at now: Instant) {
    life += 1
    host?.die()
    host = nil
    node = nil
    isPaused = false
    processor.waitingCount -= inbox.count
    for event in inbox.removeAll() { processor.station?.serve(arrival: event.arrival, begin: now, end: now) }
  }

  /// How long the handler of the current event has been running.
  var elapsed: Duration { spent + waited }

  /// The most that one handler can be charged: 18 years, so that an instant plus this is still an instant, whatever a profile says.
  private static var longestWork: Duration { Duration(nanoseconds: 1 << 59) }

  @inline(__always)
  func spend(_ cost: Cost) {
    let work = costs.time(for: cost)
    let charged = min(percent == 100 ? work : work * percent / 100, Self.longestWork - spent)
    spent += charged
    if case .send = cost { spentOnSends += charged }
  }

  /// Adds the time that the ending handler spent on sends to the station: an application sends one record after another, however many cores there are.
  func addApplicationWork(at now: Instant) {
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
