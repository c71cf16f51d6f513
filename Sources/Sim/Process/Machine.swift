import DequeModule
import Host
import Primitives

/// A machine and what runs on it: it outlives the lives of its node, as its disk and its clock do.
final class Machine {
  let index: NodeIndex
  let id: NodeID
  let address: Address
  let profile: MachineProfile
  /// Of the profile: of brokers' or of clients' machines.
  let costs: ProcessorProfile
  let isClient: Bool
  let make: (any NodeHost) -> any Node
  /// Keys this machine's random streams: a hash of its name.
  let key: Int64
  var clock: WallClock
  private(set) var disk: DiskStorage! = nil

  /// Counts lives. Events meant for a former life are dropped.
  private(set) var life: UInt32 = 0
  /// There while a life lasts.
  var host: SimulatedHost?
  /// There from the first event of a life.
  var node: (any Node)?
  var hasPower = true
  var isPaused = false

  /// Events that wait for the processor.
  var inbox = Deque<NodeEvent>()
  var isWakePending = false
  /// Until when the processor works on what was handled last.
  var busyUntil: Int64 = 0
  /// Work charged so far in the event that is being handled, in nanoseconds.
  var spent: Int64 = 0
  private(set) var eventCost: Int64
  private var percent: Int64 = 100

  var name: String { address.host }

  init(
    world: World, index: NodeIndex, id: NodeID, address: Address, profile: MachineProfile, isClient: Bool,
    make: @escaping (any NodeHost) -> any Node
  ) {
    self.index = index
    self.id = id
    self.address = address
    self.profile = profile
    self.isClient = isClient
    costs = isClient ? profile.client ?? profile.processor : profile.processor
    self.make = make
    key = stableHash(of: "\(address)")
    clock = WallClock(origin: world.options.wallClockOrigin)
    eventCost = costs.event.nanoseconds
    disk = DiskStorage(world: world, machine: self)
  }

  func beginLife() {
    life += 1
    hasPower = true
    busyUntil = 0
  }

  /// Drops the node. Late events find another life.
  func endLife() {
    life += 1
    host?.die()
    host = nil
    node = nil
    isPaused = false
    isWakePending = false
    inbox.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  func spend(_ cost: Cost) {
    let nanoseconds = costs.nanoseconds(for: cost)
    spent += percent == 100 ? nanoseconds : nanoseconds * percent / 100
  }

  func slow(toPercent percent: Int64) {
    precondition(percent > 0, "a processor at \(percent) percent of its time")
    self.percent = percent
    eventCost = costs.event.nanoseconds * percent / 100
  }
}

/// FNV-1a over the UTF-8 bytes: the same on every machine and in every run.
func stableHash(of text: String) -> Int64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  return Int64(bitPattern: hash)
}
