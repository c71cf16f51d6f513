import Glibc
import Host
import NIOCore
import NIOPosix
import Primitives

extension LiveHost {
  /// Listens for peers; port zero stands for any free port. Peers that come before `start` wait in the queue of the socket. The first call makes listener 0
  /// of the node, the next one listener 1 (`NodeHost.listener`). Limits on the number of connections are those of each listener, except that of one address.
  ///
  /// - Returns: the address with the actual port.
  public func listen(on address: Address) throws(LiveError) -> Address {
    let number = (try? loop.submit { [self] in listeners.count }.wait()) ?? 0
    let bootstrap = ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 256)
      // One at a time, so that connections found by one look at the socket do not exceed a limit.
      .serverChannelOption(.maxMessagesPerRead, value: 1)
      .serverChannelInitializer { [unowned self] channel in
        channel.eventLoop.makeCompletedFuture { [self] in
          let acceptor = Acceptor(
            network, descriptors: descriptors, isNodeRunning: { [unowned self] in isRunning }, warn: { [unowned self] in tellRarely($0) })
          acceptors.append(acceptor)
          try channel.pipeline.syncOperations.addHandler(acceptor)
        }
      }
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.writeBufferWaterMark, value: Connection.waterMark)
      .childChannelInitializer { [unowned self] channel in
        channel.eventLoop.makeCompletedFuture { [self] in
          try channel.pipeline.syncOperations.addHandler(makeConnection(.accepting, listener: number))
        }
      }
    do {
      let channel = try bootstrap.bind(host: address.host, port: Int(address.port)).wait()
      try loop.submit { [self] in
        listeners.append(channel)
        if listeners.count == 1 { scheduleIdleCheck() }
      }.wait()
      return Address(host: address.host, port: Int32(channel.localAddress?.port ?? Int(address.port)))
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw .portInUse(address)
    } catch let error as IOError {
      throw .cannotListen(address, reason: errorText(error.errnoCode))
    } catch {
      throw .cannotListen(address, reason: "\(error)")
    }
  }

  public func connect(to address: Address) -> ConnectionID {
    let connection = makeConnection(.opening)
    descriptors.countConnection(+1)
    ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.writeBufferWaterMark, value: Connection.waterMark)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(connection) }
      }
      .connect(host: address.host, port: Int(address.port))
      .whenComplete { [descriptors] result in
        switch result {
        case .success(let channel):
          channel.closeFuture.whenComplete { _ in descriptors.countConnection(-1) }
        case .failure:
          descriptors.countConnection(-1)
          connection.connectFailed()
        }
      }
    return connection.id
  }

  public func close(_ connection: ConnectionID) {
    connections.removeValue(forKey: connection.value)?.close()
  }

  public func peerAddress(of connection: ConnectionID) -> String { connections[connection.value]?.countedAddress ?? "127.0.0.1" }

  public func listener(of connection: ConnectionID) -> Int { connections[connection.value]?.listener ?? 0 }

  private func makeConnection(_ side: Connection.Side, listener: Int = 0) -> Connection {
    connectionsOpened += 1
    let connection = Connection(
      id: ConnectionID(connectionsOpened), side: side, listener: listener, host: self, maxFrameSize: side == .accepting ? network.maxRequestSize : Int(Int32.max))
    connections[connection.id.value] = connection
    return connection
  }

  // MARK: Events of connections

  func opened(_ connection: Connection, accepted: Bool) {
    deliver(accepted ? .accepted(connection.id) : .connected(connection.id))
  }

  /// Whether a connection's address is below its limit. Kafka's `ConnectionQuotas`.
  func admits(_ connection: Connection, from address: String?) -> Bool {
    // Count even without a limit: one may be set while the node runs.
    guard let address else { return true }
    let limit = network.addressLimits.last { $0.address == address }?.connections ?? network.maxConnectionsPerAddress
    let count = connectionsByAddress[address, default: 0]
    guard count < limit else {
      tellRarely("a connection from \(address) is refused: it has \(count), the most that max.connections.per.ip and its overrides allow")
      return false
    }
    connectionsByAddress[address] = count + 1
    connection.countedAddress = address
    return true
  }

  private func forgetAddress(of connection: Connection) {
    guard let address = connection.countedAddress, let count = connectionsByAddress[address] else { return }
    connection.countedAddress = nil
    connectionsByAddress[address] = count > 1 ? count - 1 : nil
  }

  private static let restOfRareWords = Duration.seconds(60)
  private static let mostRareSubjects = 100

  /// Warns of something that may recur: once a minute for each subject.
  func tellRarely(_ text: String, about subject: String = "") {
    let now = now
    if toldRarely.count == Self.mostRareSubjects { toldRarely = toldRarely.filter { _, told in now - told < Self.restOfRareWords } }
    if let last = toldRarely[subject], now - last < Self.restOfRareWords { return }
    guard toldRarely.count < Self.mostRareSubjects else { return }
    toldRarely[subject] = now
    report(.warning(text))
  }

  /// A connection has ended. The node hears of it unless it closed the connection itself.
  func closed(_ connection: Connection, tell: Bool) {
    forgetAddress(of: connection)
    let isKnown = connections.removeValue(forKey: connection.id.value) != nil
    if tell, isKnown { deliver(.disconnected(connection.id)) }
  }

  /// Closes everything. What was sent before still leaves.
  func closeNetwork() {
    for listener in listeners { listener.close(mode: .all, promise: nil) }
    listeners = []
    let all = connections.values
    connections = [:]
    for connection in all { connection.close() }
    ready = []
    roomy = []
    heldReaders = []
    awaitingMemory = []
    drained = []
  }

  // MARK: Taking turns

  /// The number of frames of one connection that are handled before others have their turn.
  private static let turn = 64

  /// Passes a connection's frames to the node, one after another, and asks for another turn if there are more. Each response leaves
  /// before the next frame is handled: a peer with several requests under way continues with the first response, and both sides work at the same time.
  func serve(_ connection: Connection) {
    guard isRunning else { return }
    heardFromSockets()
    guard !isHandling else { return queue(connection) }
    connection.isServed = true
    handling(eventCount: 0) {
      var left = Self.turn
      while left > 0, isRunning, let frame = connection.nextFrame() {
        left -= 1
        take(.received(frame, connection.id))
        release(connection)
      }
    }
    connection.isServed = false
    connection.turnEnded()
  }

  /// Puts a connection at the end of the queue for turns. Between two turns the sockets are checked.
  func queue(_ connection: Connection) {
    guard isRunning, !connection.isQueued else { return }
    connection.isQueued = true
    ready.append(connection)
    ringDoorbell()
  }

  /// Gives each waiting connection one turn.
  func takeTurns() {
    let row = ready
    ready.removeAll(keepingCapacity: true)
    for connection in row {
      connection.isQueued = false
      serve(connection)
    }
    guard !heldReaders.isEmpty, ready.count < network.maxQueuedRequests else { return }
    let readers = heldReaders
    heldReaders = []
    for reader in readers { reader.continueReading() }
  }

  /// Whether a connection may read its socket: not if `queued.max.requests` other connections wait for their turn, as a full request queue blocks Kafka's
  /// network threads.
  func mayRead(_ connection: Connection) -> Bool {
    guard connection.side == .accepting, ready.count >= network.maxQueuedRequests else { return true }
    if heldReaders.last !== connection { heldReaders.append(connection) }
    return false
  }

  public func isWritable(_ connection: ConnectionID) -> Bool { connections[connection.value]?.isWritable ?? true }

  /// Tells the node that a connection is writable again. Sockets are checked before: otherwise the node's next send might find room immediately, again and again.
  func hasRoom(_ connection: Connection) {
    roomy.append(connection.id)
    ringDoorbell()
  }

  /// Reports the connections that have room by now and still exist.
  func tellOfRoom() {
    let told = roomy
    roomy.removeAll(keepingCapacity: true)
    for connection in told where connections[connection.value] != nil { deliver(.writable(connection)) }
  }

  public func pauseReceiving(on connection: ConnectionID) { connections[connection.value]?.pause() }

  public func resumeReceiving(on connection: ConnectionID) { connections[connection.value]?.resume() }

  // MARK: Memory of requests

  /// Reserves memory for a frame that begins, if any is left (`SimpleMemoryPool`); otherwise the connection waits until some is released.
  func reserve(_ bytes: Int, for connection: Connection) -> Bool {
    guard connection.side == .accepting, let limit = network.maxQueuedRequestBytes else { return true }
    guard reservedBytes < limit else {
      if !awaitingMemory.contains(where: { $0 === connection }) { awaitingMemory.append(connection) }
      return false
    }
    reservedBytes += bytes
    connection.reservedBytes = bytes
    return true
  }

  /// Releases the memory of a frame that was handled, or will not be.
  func release(_ connection: Connection) {
    guard connection.reservedBytes > 0 else { return }
    reservedBytes -= connection.reservedBytes
    connection.reservedBytes = 0
    guard let limit = network.maxQueuedRequestBytes, reservedBytes < limit, !awaitingMemory.isEmpty else { return }
    let waiting = awaitingMemory
    awaitingMemory = []
    for connection in waiting { queue(connection) }
  }

  // MARK: Memory of responses and of gone peers

  /// The bytes of unread responses up to which responses hold as many records as requested; beyond that, each response holds one batch.
  private static let mostUnwrittenBytes = 1 << 27

  public var answerRoom: Int { max(0, Self.mostUnwrittenBytes - unwrittenBytes) }

  /// The most input of gone peers that is kept in total.
  private static let mostDrainingBytes = 1 << 26

  /// Keeps the input of a peer that has gone until it is handled. If there is too much, the peers that went first are dropped.
  func drain(_ connection: Connection) {
    drained.removeAll { $0.hasDrained }
    drained.append(connection)
    queue(connection)
    var total = drained.reduce(0) { $0 + $1.drainingBytes }
    var forgotten = 0
    while total > Self.mostDrainingBytes, forgotten < drained.count {
      total -= drained[forgotten].drainingBytes
      forgotten += 1
    }
    let late = drained.prefix(forgotten)
    drained.removeFirst(forgotten)
    for connection in late { connection.endDraining() }
  }

  // MARK: Idle connections

  /// Closes connections opened by peers on which nothing came or left for `connections.max.idle.ms` (Kafka's `Selector`), including those whose
  /// peers do not read.
  private func scheduleIdleCheck() {
    guard let maxIdle = network.maxIdle, !listeners.isEmpty else { return }
    let oldest = connections.values.lazy.filter { $0.side == .accepting }.map(\.lastUsed).min() ?? now
    let wait = max(maxIdle - (now - oldest), .milliseconds(1))
    loop.scheduleTask(in: .nanoseconds(wait.nanoseconds)) { [weak self] in
      guard let self, !listeners.isEmpty else { return }
      for connection in connections.values where connection.side == .accepting && now - connection.lastUsed >= maxIdle { connection.expire() }
      scheduleIdleCheck()
    }
  }
}
