import Primitives
import Testing
import Wire

@testable import Controller

@Suite struct BrokerLifeTests {
  @Test func `A broker is fenced until it has read its own registration`() {
    var cluster = TestCluster(brokers: nil)
    let epoch = cluster.register(1).brokerEpoch
    #expect(epoch == cluster.epoch(of: 1))
    let early = cluster.heartbeat(1, metadataOffset: epoch - 1)
    #expect(!early.isCaughtUp)
    #expect(early.isFenced)
    let late = cluster.heartbeat(1, metadataOffset: epoch)
    #expect(late.isCaughtUp)
    #expect(!late.isFenced)
    #expect(cluster.state.image.isActive(1))
  }

  @Test func `A broker that wants to be fenced stays fenced`() {
    var cluster = TestCluster(brokers: nil)
    cluster.register(1)
    #expect(cluster.heartbeat(1, wantFence: true).isFenced)
    #expect(!cluster.heartbeat(1).isFenced)
  }

  @Test func `The epoch of a broker is the offset of its registration`() {
    var cluster = TestCluster(brokers: nil)
    let offset = cluster.offset
    #expect(cluster.register(1).brokerEpoch == offset.value)
  }

  @Test func `Another life is refused while the session of the earlier one lasts`() {
    var cluster = TestCluster()
    let epoch = cluster.epoch(of: 1)
    #expect(cluster.register(1).errorCode == .duplicateBrokerRegistration)
    #expect(cluster.epoch(of: 1) == epoch)
    cluster.now = cluster.now + .milliseconds(9000)
    #expect(cluster.register(1).errorCode == .none)
    #expect(cluster.epoch(of: 1) > epoch)
  }

  @Test(arguments: [false, true]) func `A dead process whose registration comes late replaces one that has sent no heartbeat, unless that is protected`(isProtected: Bool) {
    var cluster = TestCluster { $0.switches.protectFencedBrokers = isProtected }
    cluster.now = cluster.now + .milliseconds(9000)
    cluster.register(1)
    let epoch = cluster.epoch(of: 1)
    #expect(cluster.register(1).errorCode == (isProtected ? .duplicateBrokerRegistration : .none))
    #expect(cluster.heartbeat(1, epoch: epoch).errorCode == (isProtected ? .none : .staleBrokerEpoch))
    // A process that was not heard of for as long as a session lasts is replaced in any case.
    cluster.now = cluster.now + .milliseconds(9000)
    #expect(cluster.register(1).errorCode == .none)
  }

  @Test func `A fenced process that sends heartbeats is not replaced, and one that may stop is`() {
    var cluster = TestCluster()
    cluster.now = cluster.now + .milliseconds(9000)
    cluster.register(1)
    #expect(cluster.heartbeat(1, wantFence: true).isFenced)
    cluster.now = cluster.now + .milliseconds(8000)
    #expect(cluster.register(1).errorCode == .duplicateBrokerRegistration)
    #expect(cluster.heartbeat(1, wantFence: true, wantShutDown: true).shouldShutDown)
    #expect(cluster.register(1).errorCode == .none)
  }

  @Test func `The same life may register again and keeps its epoch`() {
    var cluster = TestCluster()
    let epoch = cluster.epoch(of: 1)
    #expect(cluster.register(1, sameLife: true).brokerEpoch == epoch)
    #expect(cluster.state.image.isActive(1))
  }

  @Test func `A new life of a broker leaves the ISRs of the earlier one`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.now = cluster.now + .milliseconds(9000)
    cluster.register(1, previousEpoch: cluster.epoch(of: 1))
    #expect(cluster.partition().isr == [2, 3])
    #expect(cluster.partition().leader == 2)
  }

  @Test func `Formerly, a new life of a broker counted as in sync like the earlier one`() {
    var cluster = TestCluster { ($0.switches.refuseSecondIncarnation, $0.switches.removeFormerLifeFromISR) = (false, false) }
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.register(2)
    #expect(cluster.partition().isr == [1, 2, 3])
    cluster.heartbeat(2)
    #expect(cluster.state.image.isActive(2))
  }

  @Test func `A broker of another cluster or without the features is refused`() {
    var cluster = TestCluster(brokers: nil)
    var request = BrokerRegistrationRequest()
    (request.brokerId, request.clusterId, request.logDirs) = (1, "elsewhere", [Uuid(high: 1, low: 1)])
    #expect(cluster.state.registerBroker(request, nextOffset: 9, at: .zero).response.errorCode == .inconsistentClusterId)
    request.clusterId = "test"
    #expect(cluster.state.registerBroker(request, nextOffset: 9, at: .zero).response.errorCode == .unsupportedVersion)
  }

  @Test func `Heartbeats of earlier or unknown brokers are refused`() {
    var cluster = TestCluster()
    #expect(cluster.heartbeat(1, epoch: cluster.epoch(of: 1) - 1).errorCode == .staleBrokerEpoch)
    #expect(cluster.heartbeat(7, epoch: 0).errorCode == .brokerIdNotRegistered)
  }

  @Test func `A silent broker is fenced when its session expires`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.now = cluster.now + .milliseconds(5000)
    cluster.heartbeat(2)
    cluster.heartbeat(3)
    #expect(cluster.state.sessions.nextExpiry == Instant.zero + .milliseconds(9000))
    #expect(cluster.state.sessions.expired(at: Instant.zero + .milliseconds(8999)) == [])
    cluster.now = Instant.zero + .milliseconds(9000)
    #expect(cluster.state.sessions.expired(at: cluster.now) == [1])
    cluster.apply(cluster.state.fenceExpired(at: cluster.now))
    #expect(cluster.partition().leader == 2)
    #expect(cluster.state.image.broker(1)?.isFenced == true)
    #expect(cluster.state.sessions.expired(at: cluster.now) == [])
  }

  @Test func `A new active controller gives every broker a new session`() {
    var cluster = TestCluster()
    cluster.now = Instant(nanoseconds: 0) + .milliseconds(100_000)
    cluster.state.sessions.restart(with: cluster.state.image, at: cluster.now)
    #expect(cluster.state.sessions.expired(at: cluster.now) == [])
    #expect(cluster.state.sessions.nextExpiry == cluster.now + .milliseconds(9000))
  }

  @Test func `A controlled shutdown moves the leaders and waits until the others know`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    let first = cluster.heartbeat(1, wantShutDown: true)
    #expect(!first.shouldShutDown)
    #expect(!first.isFenced)
    #expect(cluster.partition().leader == 2)
    #expect(cluster.partition().isr == [2, 3])
    #expect(cluster.state.image.broker(1)?.inControlledShutdown == true)
    #expect(!cluster.heartbeat(1, wantShutDown: true).shouldShutDown)
    cluster.heartbeat(2)
    #expect(!cluster.heartbeat(1, wantShutDown: true).shouldShutDown)
    cluster.heartbeat(3)
    let last = cluster.heartbeat(1, wantShutDown: true)
    #expect(last.shouldShutDown)
    #expect(last.isFenced)
  }

  /// KIP-841 (R10).
  @Test func `A broker in controlled shutdown cannot come back into the ISR`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.heartbeat(1, wantShutDown: true)
    #expect(cluster.errorOfAlterPartition(by: 2, to: [1, 2, 3]) == .ineligibleReplica)
  }

  @Test func `A broker that leads nothing may stop immediately`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    #expect(cluster.heartbeat(3, wantShutDown: true).shouldShutDown)
    #expect(cluster.partition().isr == [1, 2])
    #expect(cluster.register(3).errorCode == .none)
  }

  @Test func `An unregistered broker is removed from the ISRs`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    var request = UnregisterBrokerRequest()
    request.brokerId = 1
    #expect(cluster.apply(cluster.state.unregisterBroker(request)).errorCode == .none)
    #expect(cluster.state.image.broker(1) == nil)
    #expect(cluster.partition().leader == 2)
    #expect(cluster.apply(cluster.state.unregisterBroker(request)).errorCode == .brokerIdNotRegistered)
  }

  @Test func `Replicas on a failed directory leave their ISRs`() {
    var cluster = TestCluster()
    cluster.createTopic("t", [[1, 2, 3]])
    cluster.heartbeat(1, offlineLogDirectories: [Uuid(high: 1, low: 1000)])
    #expect(cluster.partition().leader == 2)
    #expect(cluster.partition().isr == [2, 3])
    #expect(cluster.state.image.broker(1)?.isFenced == false)
  }
}
