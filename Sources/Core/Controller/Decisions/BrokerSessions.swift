import Primitives

/// When each broker was last heard from: soft state of the active controller.
///
/// Only unfenced brokers have a session that ends. A new active controller gives each of them a fresh one, so that it also detects a broker that died with the
/// previous controller (KAFKA-18138). Another process is kept from taking a broker over as long as that was heard from, fenced or not (`BrokerHeartbeatTracker`).
public struct BrokerSessions {
  struct Session {
    let broker: NodeID
    var epoch: BrokerEpoch
    var lastContact: Instant
    var hasSession: Bool
    /// Whether a process of this epoch sent a heartbeat, or was there before this controller. That it registered is not enough.
    var isHeardOf: Bool
    /// The offset up to which the broker has read the metadata log.
    var metadataOffset: Offset
    /// The end of the metadata log when this broker's controlled shutdown started; nil if there is none.
    var controlledShutdownOffset: Offset?
  }

  private let timeout: Duration
  /// Ascending by broker.
  var sessions: [Session] = []

  public init(timeout: Duration) { self.timeout = timeout }

  /// Starts again with the brokers of an image. If several sessions end together, `SessionOrder` determines their order.
  public mutating func restart(with image: MetadataImage, at now: Instant) {
    sessions = image.brokers.map {
      Session(broker: $0.id, epoch: $0.epoch, lastContact: now, hasSession: !$0.isFenced, isHeardOf: !$0.isFenced, metadataOffset: .unknown)
    }
  }

  /// Records a heartbeat, or a new registration, which is fenced.
  ///
  /// - Parameter isHeartbeat: False for a registration, and for the last heartbeat of a process, which may stop: the next one need not wait for the end of its session.
  public mutating func touch(_ broker: NodeID, epoch: BrokerEpoch, isFenced: Bool, isHeartbeat: Bool, metadataOffset: Offset, at now: Instant) {
    var session = Session(broker: broker, epoch: epoch, lastContact: now, hasSession: !isFenced, isHeardOf: isHeartbeat || !isFenced, metadataOffset: metadataOffset)
    if let index = index(of: broker) {
      if sessions[index].epoch == epoch, !isFenced { session.controlledShutdownOffset = sessions[index].controlledShutdownOffset }
      sessions[index] = session
    } else {
      sessions.insert(session, at: sessions.firstIndex { $0.broker > broker } ?? sessions.count)
    }
  }

  public mutating func remove(_ broker: NodeID) { sessions.removeAll { $0.broker == broker } }

  /// Records the offset up to which other brokers must have read the log before this broker may stop.
  public mutating func beginControlledShutdown(of broker: NodeID, at offset: Offset) {
    guard let index = index(of: broker), sessions[index].controlledShutdownOffset == nil else { return }
    sessions[index].controlledShutdownOffset = offset
  }

  public func hasValidSession(_ broker: NodeID, epoch: BrokerEpoch, at now: Instant) -> Bool {
    guard let index = index(of: broker) else { return false }
    let session = sessions[index]
    return session.epoch == epoch && session.isHeardOf && session.lastContact + timeout > now
  }

  /// Whether a broker registered or sent a heartbeat within the session timeout.
  func isRecent(_ broker: NodeID, epoch: BrokerEpoch, at now: Instant) -> Bool {
    guard let index = index(of: broker) else { return false }
    return sessions[index].epoch == epoch && sessions[index].lastContact + timeout > now
  }

  /// Brokers that were not heard from during the session timeout, in the order in which they are fenced.
  public func expired(at now: Instant) -> [NodeID] {
    let expired = sessions.filter { $0.hasSession && $0.lastContact + timeout <= now }
    guard expired.count > 1 else { return expired.map(\.broker) }
    mark(.sessionsExpireTogether)
    let order = SessionOrder(sessionCount: sessions.count(where: \.hasSession))
    return expired.map { (order.place(of: $0.broker, $0.epoch), $0.broker) }.sorted { $0 < $1 }.map(\.1)
  }

  /// When the next session ends if no broker is heard from again.
  public var nextExpiry: Instant? { sessions.lazy.filter(\.hasSession).map { $0.lastContact + timeout }.min() }

  /// Ends a session at once, because the broker is being fenced.
  public mutating func end(_ broker: NodeID) {
    guard let index = index(of: broker) else { return }
    sessions[index].hasSession = false
    sessions[index].isHeardOf = false
    sessions[index].controlledShutdownOffset = nil
  }

  /// Whether every active broker has read the records of a broker's controlled shutdown.
  func othersHaveSeenControlledShutdown(of broker: NodeID, image: MetadataImage) -> Bool {
    guard let index = index(of: broker), let offset = sessions[index].controlledShutdownOffset else { return false }
    return sessions.allSatisfy { !$0.hasSession || !image.isActive($0.broker) || $0.metadataOffset >= offset }
  }

  private func index(of broker: NodeID) -> Int? { sessions.firstIndex { $0.broker == broker } }
}
