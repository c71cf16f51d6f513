import Host
import Primitives
import Transport
import Wire

/// Whoever is to hear how a broker's life goes on.
protocol BrokerLifeCycleDelegate: AnyObject {
  func registered(_ epoch: BrokerEpoch)
  /// The metadata up to this broker's registration is folded in.
  func caughtUp()
  /// The controller let this broker go, or was not asked: it may end now.
  func shuttingDown()
}

/// Registers a broker with the controller and keeps its lease by heartbeats (KIP-631; Kafka's `BrokerLifecycleManager`).
///
/// The broker asks to stay fenced until it has applied the metadata up to its own registration and `readyToUnfence` was called.
/// A broker that the controller fences because heartbeats did not arrive stays registered, under the same epoch, and is unfenced by
/// the first heartbeats that come through again.
final class BrokerLifeCycle {
  struct Timing {
    let heartbeatInterval: Duration
    let sessionTimeout: Duration
    let initialRegistrationTimeout: Duration
  }

  private(set) var state = BrokerState.notRunning
  private(set) var brokerEpoch = BrokerEpoch.unknown
  /// As the controller said in its last answer.
  private(set) var isFenced = true

  private let reactor: Reactor
  private let channel: ControllerChannel
  private let facts: RegistrationFacts
  private let timing: Timing
  private let backoff: ExponentialBackoff
  /// The offset of the last metadata record that this broker has folded in.
  private let metadataOffset: () -> Offset
  private unowned let delegate: any BrokerLifeCycleDelegate

  private var isRegistered = false
  private var isReadyToUnfence = false
  private var controlledShutdownWasAnswered = false
  private var failedAttempts = 0
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
      reactor.host.report(.note("broker \(facts.nodeID) ends: the controller did not register it within \(timing.initialRegistrationTimeout)"))
      beginShutdown()
    }
    communicate()
  }

  /// The first metadata is published and all logs are open: heartbeats no longer ask to stay fenced.
  func readyToUnfence() {
    isReadyToUnfence = true
    communicateSoon()
  }

  /// Asks the controller to move the leaderships elsewhere; `shuttingDown` follows when it has. A broker that nobody sees yet ends at once.
  func beginControlledShutdown() {
    switch state {
    case .running:
      state = .pendingControlledShutdown
      communicateSoon()
    case .pendingControlledShutdown, .shuttingDown, .notRunning:
      break
    case .starting, .recovery:
      beginShutdown()
    }
  }

  /// Ends without waiting for the controller.
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

  /// Whether an answer still matters: a broker on its way out listens no longer.
  private func communicationEnded() -> Bool {
    isCommunicating = false
    return state != .shuttingDown && state != .notRunning
  }

  private func sendRegistration() {
    channel.send(facts.request, deadline: reactor.now + timing.sessionTimeout) { [weak self] result in
      guard let self, communicationEnded() else { return }
      guard case .success(let response) = result, response.errorCode == .none else {
        // Such as DUPLICATE_BROKER_REGISTRATION until the session of the broker's former life has expired.
        return communicateAfterFailure()
      }
      failedAttempts = 0
      brokerEpoch = BrokerEpoch(response.brokerEpoch)
      isRegistered = true
      delegate.registered(brokerEpoch)
      communicate(after: .zero)
    }
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
      guard case .success(let response) = result, response.errorCode == .none else { return communicateAfterFailure() }
      failedAttempts = 0
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
      // Where there is little to catch up with and nothing to recover, the next step need not wait for an interval.
      communicate(after: .milliseconds(10))
    case .recovery where !response.isFenced:
      state = .running
      communicate(after: timing.heartbeatInterval)
    case .pendingControlledShutdown where response.shouldShutDown:
      beginShutdown()
    case .pendingControlledShutdown where !controlledShutdownWasAnswered:
      // Leaderships often move at once: the second question comes early.
      controlledShutdownWasAnswered = true
      communicate(after: .milliseconds(50))
    case .notRunning, .recovery, .running, .pendingControlledShutdown, .shuttingDown:
      communicate(after: timing.heartbeatInterval)
    }
  }
}
