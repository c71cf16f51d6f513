import Primitives

/// The options of a world, besides its seed and its nodes.
public struct WorldOptions: Sendable {
  /// The machine of every node that is added without one of its own.
  public var machine = MachineProfile.nvme10g
  public var queue = QueueKind.timingWheel
  /// What the wall clocks show at the beginning: 2026-01-01T00:00:00Z.
  public var wallClockOrigin = Timestamp(milliseconds: 1_767_225_600_000)
  /// Ends the process at the first call to a clock, a random source or a thread of the real machine while the world runs.
  public var guardsDeterminism = false

  /// Whether the world keeps counters of its stations and follows exchanges (`World.stations`, `NodeHost.exchange`). Never changes what happens.
  public var measures = false

  /// Whether the nodes' invariants are checked after each event (`World.invariants`). Never changes what happens.
  public var checksInvariants = WorldOptions.isDebugBuild

  #if DEBUG
    /// Whether invariants are checked by default.
    public static let isDebugBuild = true
  #else
    /// Whether invariants are checked by default.
    public static let isDebugBuild = false
  #endif

  public init() {}
}
