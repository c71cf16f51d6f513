import Glibc
import Host
import NIOCore
import NIOPosix
import Primitives

extension LiveHost {
  /// Listens for peers; a port of zero stands for any free one.
  ///
  /// - Returns: the address with the port that it became.
  public func listen(on address: Address) throws(LiveError) -> Address {
    let bootstrap = ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.writeBufferWaterMark, value: Self.waterMark)
      .childChannelInitializer { [unowned self] channel in
        channel.eventLoop.makeCompletedFuture { [self] in
          try channel.pipeline.syncOperations.addHandler(makeConnection(.accepting))
        }
      }
    do {
      let channel = try bootstrap.bind(host: address.host, port: Int(address.port)).wait()
      try loop.submit { [self] in listener = channel }.wait()
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
    ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(connection) }
      }
      .connect(host: address.host, port: Int(address.port))
      .whenFailure { _ in connection.connectFailed() }
    return connection.id
  }

  public func close(_ connection: ConnectionID) {
    connections.removeValue(forKey: connection.value)?.close()
  }

  private func makeConnection(_ side: Connection.Side) -> Connection {
    connectionsOpened += 1
    let connection = Connection(
      id: ConnectionID(connectionsOpened), side: side, host: self, maxFrameSize: side == .accepting ? network.maxRequestSize : Int(Int32.max))
    connections[connection.id.value] = connection
    return connection
  }

  /// Responses may pile up so far before their requester is not listened to.
  private static var waterMark: ChannelOptions.Types.WriteBufferWaterMark { .init(low: 1 << 20, high: 4 << 20) }

  // MARK: What connections tell

  func opened(_ connection: Connection, accepted: Bool) {
    deliver(accepted ? .accepted(connection.id) : .connected(connection.id))
  }

  /// A connection is no more. The node hears of it unless it closed the connection itself.
  func closed(_ connection: Connection, tell: Bool) {
    let isKnown = connections.removeValue(forKey: connection.id.value) != nil
    if tell, isKnown { deliver(.disconnected(connection.id)) }
  }

  /// Ends everything. What was sent before still leaves.
  func closeNetwork() {
    listener?.close(mode: .all, promise: nil)
    listener = nil
    let all = connections.values
    connections = [:]
    for connection in all { connection.close() }
  }
}
