import Glibc
import Host
import Primitives

/// A peer that does with its socket what no client of ours would.
final class PeerSocket {
  private let number: Int32

  /// - Parameter receiveBuffer: how little the kernel buffers for a peer that does not read.
  init(_ address: Address, receiveBuffer: Int32? = nil) throws {
    number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var size = receiveBuffer { setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = in_port_t(UInt16(address.port).bigEndian)
    target.sin_addr.s_addr = inet_addr(address.host)
    let result = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard result == 0 else { throw SystemError(errno) }
  }

  struct SystemError: Error {
    let number: Int32
    init(_ number: Int32) { self.number = number }
  }

  deinit { close() }

  private var isOpen = true

  func close() {
    if isOpen { Glibc.close(number) }
    isOpen = false
  }

  /// Sends as much as the other side takes while it gets on within half a second.
  ///
  /// - Returns: how many bytes were taken.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Int {
    var sent = 0
    while sent < bytes.count {
      var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
      guard poll(&entry, 1, 500) > 0 else { break }
      let count = bytes.withUnsafeBytes { Glibc.send(number, $0.baseAddress! + sent, min($0.count - sent, 1 << 16), Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { break }
      sent += count
    }
    return sent
  }

  func sendFrame(_ text: String) { send(Self.frame(Array(text.utf8))) }

  static func frame(_ body: [UInt8]) -> [UInt8] { withUnsafeBytes(of: Int32(body.count).bigEndian) { Array($0) } + body }

  /// The next `count` bytes; nil if the other side closed, or sent nothing for this many milliseconds.
  func receive(_ count: Int, milliseconds: Int32 = Patience.milliseconds) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, milliseconds) > 0 else { return nil }
      let received = bytes.withUnsafeMutableBytes { recv(number, $0.baseAddress! + filled, $0.count - filled, 0) }
      guard received > 0 else { return nil }
      filled += received
    }
    return bytes
  }

  func receiveFrame(milliseconds: Int32 = Patience.milliseconds) -> [UInt8]? {
    guard let length = receive(4, milliseconds: milliseconds) else { return nil }
    return receive(length.reduce(0) { $0 << 8 | Int($1) }, milliseconds: milliseconds)
  }

  /// Whether the other side closes while there is patience, without a word.
  var isClosed: Bool { isClosed(within: Patience.milliseconds) }

  func isClosed(within milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, milliseconds) > 0 else { return false }
    var byte: UInt8 = 0
    return recv(number, &byte, 1, 0) <= 0
  }
}
