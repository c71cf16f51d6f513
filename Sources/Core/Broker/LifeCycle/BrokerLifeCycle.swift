import Host
import Primitives
import Transport
import Wire

/// Receives the events of a broker's life cycle.
protocol BrokerLifeCycleDelegate: AnyObject {
  func registered(_ epoch: BrokerEpoch)
  /// The metadata up to this broker's registration is applied.
  func caughtUp()
  /// The controller released this broker, or was not asked: it may end now.
  func shuttingDown()
  /// The controller will never register this broker: it has to end.
  func registrationRefused(_ reason: String)
}

/// Registers a broker with the controller and keeps the registration alive with heartbeats (KIP-631; Kafka's `BrokerLifecycleManager`).
///
/// The broker asks to stay fenced until it has applied the metadata up to its own registration and `readyToUnfence` was called. If the controller
/// fences the broker because heartbeats are missing, it stays registered under the same epoch, and the first heartbeats that arrive again unfence it.
final class BrokerLifeCycle {
  struct Timing {
    let heartbeatInterval: Duration
    let sessionTimeout: Duration
    let initialRegistrationTimeout: Duration
  }

  private(set) var state = BrokerState.notRunning
  private(set) var brokerEpoch = BrokerEpoch.unknown
  /// As in the controller's last response.
  private(set) var isFenced = true

  private let reactor: Reactor
  private let channel: ControllerChannel
  private let facts: RegistrationFacts
  private let timing: Timing
  private let backoff: ExponentialBackoff
  /// The offset of the last metadata record that this broker has applied.
  private let metadataOffset: () -> Offset
  private unowned let delegate: any BrokerLifeCycleDelegate

  private var isRegistered = false
  private var isReadyToUnfence = false
  private var controlledShutdownWasAnswered = false
  private var failedAttempts = 0
  /// Errors of the controller that were already reported: each is reported once until a request succeeds.
  private var toldErrors: [ErrorCode] = []
  /// The controller's last response, as text for the error when the broker ends.
  private var lastAnswer = "it did not respond"
  /// When the controller last accepted a heartbeat, or when a shutdown was requested.
  private(set) var lastContact = Instant.zero
  private var isCommunicating = false
  private var shallCommunicateAtOnce = false
  private var nextCommunication: ScheduledTimer?
  private var registrationTimeout: ScheduledTimer?

  init(
    reactor: Reactor, channel: ControllerChannel, facts: RegistrationFacts, timing: Timing,
    metadataOffset: @escaping () -> Offset, delegate: any BrokerLifeCycleDelegate
  ) {
    self.reactor = reactor
    self.channel = channel
    self.facts = facts
    self.timing = timing
    self.metadataOffset = metadataOffset
    self.delegate = delegate
    backoff = ExponentialBackoff(initial: .milliseconds(100), maximum: timing.sessionTimeout, jitterPercent: 2)
  }

  func start() {
    state = .starting
    registrationTimeout = reactor.after(timing.initialRegistrationTimeout) { [unowned self] in
      guard !isRegistered else { return }
      reactor.report(
        .note("broker \(facts.nodeID) stops: the controller did not register it within \(timing.initialRegistrationTimeout): \(lastAnswer)"))
      beginShutdown()
    }
    communicate()
  }

  /// The first metadata is published and all logs are open: heartbeats no longer ask to stay fenced.
  func readyToUnfence() {
    isReadyToUnfence = true
    communicateSoon()
  }

  /// Asks the controller to move the leaderships elsewhere; `shuttingDown` follows when it has. A broker that is still fenced ends at once.
  func beginControlledShutdown() {
    switch state {
    case .running:
      state = .pendingControlledShutdown
      lastContact = reactor.now
      awaitController()
      communicateSoon()
    case .pendingControlledShutdown, .shuttingDown, .notRunning:
      break
    case .starting, .recovery:
      mark(.shutdownBeforeRunning)
      beginShutdown()
    }
  }

  /// Stops waiting if the controller accepts no heartbeat for a whole session: it has fenced this broker by then, or there is no controller.
  private func awaitController() {
    reactor.after(lastContact + timing.sessionTimeout - reactor.now) { [weak self] in
      guard let self, state == .pendingControlledShutdown else { return }
      guard lastContact + timing.sessionTimeout <= reactor.now else { return awaitController() }
      mark(.shutdownWithoutController)
      reactor.report(
        .warning("broker \(facts.nodeID) ends without having moved its leaderships: no controller took its heartbeats for \(timing.sessionTimeout)"))
      beginShutdown()
    }
  }

  /// Shuts down without waiting for the controller.
  func beginShutdown() {
    guard state != .shuttingDown, state != .notRunning else { return }
    state = .shuttingDown
    reactor.cancel(nextCommunication)
    reactor.cancel(registrationTimeout)
    delegate.shuttingDown()
  }

  func ended() { state = .notRunning }

  // MARK: Communication

  private func communicateSoon() {
    guard !isCommunicating else { return shallCommunicateAtOnce = true }
    communicate(after: .zero)
  }

  private func communicate(after delay: Duration) {
    reactor.cancel(nextCommunication)
    nextCommunication = reactor.after(shallCommunicateAtOnce ? .zero : delay) { [unowned self] in communicate() }
    shallCommunicateAtOnce = false
  }

  private func communicateAfterFailure() {
    communicate(after: backoff.delay(afterFailures: failedAttempts, random: &reactor.host.random))
    failedAttempts += 1
  }

  private func communicate() {
    isCommunicating = true
    if isRegistered { sendHeartbeat() } else { sendRegistration() }
  }

  /// Whether a response still matters: a broker that is shutting down ignores it.
  private func communicationEnded() -> Bool {
    isCommunicating = false
    return state != .shuttingDown && state != .notRunning
  }

  private func sendRegistration() {
    channel.send(facts.request, deadline: reactor.now + timing.sessionTimeout) { [weak self] result in
      guard let self, communicationEnded() else { return }
      guard case .success(let response) = result else { return communicateAfterFailure() }
      guard response.errorCode == .none else { return registrationRefused(response.errorCode) }
      failedAttempts = 0
      toldErrors = []
      brokerEpoch = BrokerEpoch(response.brokerEpoch)
      isRegistered = true
      delegate.registered(brokerEpoch)
      communicate(after: .zero)
    }
  }

  private func registrationRefused(_ code: ErrorCode) {
    switch RegistrationRefusal(code, facts: facts) {
    case .final(let reason): return delegate.registrationRefused(reason)
    case .unsupportedFeature: return explainUnsupportedFeature()
    case .duplicate:
      mark(.registrationWaitsForFormerLife)
      lastAnswer = "another process is registered under this number, and lives; end it, or give this broker another node.id"
      tell(
        code, "waits for the session of its former life to end: at most \(timing.sessionTimeout) (broker.session.timeout.ms), "
          + "unless another broker runs under the same number")
    case .temporary:
      lastAnswer = "its last answer was \(code)"
      tell(code, "is not registered by the controller (\(code)) and retries")
    }
    communicateAfterFailure()
  }

  /// The refusal does not say which feature is unsupported; the controller's ApiVersions response does.
  private func explainUnsupportedFeature() {
    isCommunicating = true
    channel.send(ApiVersionsRequest(), deadline: reactor.now + timing.sessionTimeout) { [weak self] result in
      guard let self, communicationEnded() else { return }
      guard case .success(let response) = result else { return communicateAfterFailure() }
      delegate.registrationRefused(RegistrationRefusal.unsupported(response.finalizedFeatures, facts: facts))
    }
  }

  private func tell(_ code: ErrorCode, _ what: String) {
    guard !toldErrors.contains(code) else { return }
    toldErrors.append(code)
    reactor.report(.warning("broker \(facts.nodeID) \(what)"))
  }

  private func sendHeartbeat() {
    var request = BrokerHeartbeatRequest()
    request.brokerId = facts.nodeID.value
    request.brokerEpoch = brokerEpoch.value
    request.currentMetadataOffset = metadataOffset().value
    request.wantFence = !isReadyToUnfence
    request.wantShutDown = state == .pendingControlledShutdown
    channel.send(request, deadline: reactor.now + timing.sessionTimeout) { [weak self] result in
      guard let self, communicationEnded() else { return }
      guard case .success(let response) = result else { return communicateAfterFailure() }
      guard response.errorCode == .none else {
        mark(.heartbeatRefused)
        tell(response.errorCode, "has its heartbeats refused by the controller (\(response.errorCode)) and goes on asking")
        return communicateAfterFailure()
      }
      failedAttempts = 0
      toldErrors = []
      lastContact = reactor.now
      isFenced = response.isFenced
      heartbeatAnswered(response)
    }
  }

  private func heartbeatAnswered(_ response: BrokerHeartbeatResponse) {
    switch state {
    case .starting:
      if response.isCaughtUp {
        state = .recovery
        delegate.caughtUp()
      }
      // If there is little to catch up with and nothing to recover, the next step does not have to wait for an interval.
      communicate(after: .milliseconds(10))
    case .recovery where !response.isFenced:
      state = .running
      communicate(after: timing.heartbeatInterval)
    case .pendingControlledShutdown where response.shouldShutDown:
      beginShutdown()
    case .pendingControlledShutdown where !controlledShutdownWasAnswered:
      // Leaderships often move at once, so the second request is sent early.
      controlledShutdownWasAnswered = true
      communicate(after: .milliseconds(50))
    case .notRunning, .recovery, .running, .pendingControlledShutdown, .shuttingDown:
      communicate(after: timing.heartbeatInterval)
    }
  }
}
