import Foundation
import Glibc
import Host
import Primitives
import Synchronization

/// Checks whether a Kafka broker answers at one of the given addresses, before anything waits for the cluster.
public enum ClusterProbe {
  /// No broker answers: the finding for each address.
  public struct Silence: Error, CustomStringConvertible {
    fileprivate let problems: [String]

    public var description: String {
      problems.joined(separator: "\n  ") + "\n  Start the cluster, or name a broker as it is reached from this machine: --bootstrap HOST:PORT."
    }
  }

  /// The time limit, which includes looking up names.
  public static let limit = Duration.seconds(4)
  /// The extra time for findings that come at the deadline; a longer lookup of a name is not waited for.
  private static let patience = 0.3

  /// Checks all addresses at the same time, and returns with the first answer.
  public static func check(_ addresses: [Address], within limit: Duration = limit) throws(Silence) {
    let deadline = Date(timeIntervalSinceNow: limit.seconds)
    let findings = Findings(count: addresses.count)
    for (index, address) in addresses.enumerated() {
      // A lookup of a name cannot be cancelled, and is abandoned if it takes too long.
      Thread.detachNewThread { findings.set(index, Probing(address: address, deadline: deadline).finding()) }
    }
    while true {
      let found = findings.all
      if found.contains(.answers) { return }
      guard found.contains(nil), Date() < deadline + patience else { throw Silence(problems: zip(addresses, found).map { words(for: $1 ?? .late, at: $0, limit) }) }
      usleep(2_000)
    }
  }

  private static func words(for finding: Finding, at address: Address, _ limit: Duration) -> String {
    let patience = "within \(limit.milliseconds / 1_000) s"
    return switch finding {
    case .answers: "\(address) answers"
    case .unresolved(let reason): "nothing answers at \(address): the name does not resolve (\(reason))"
    case .unreachable(let reason): "nothing answers at \(address): \(reason)"
    case .late: "nothing answers at \(address): no connection comes about \(patience)"
    case .silent: "nothing answers at \(address): it takes the connection, and no answer comes \(patience)"
    case .foreign: "nothing answers at \(address) as a Kafka broker does: this is another service, or one that wants TLS"
    }
  }
}

private enum Finding: Equatable, Sendable {
  case answers
  case unresolved(String)
  case unreachable(String)
  case late
  case silent
  /// Something that is not Kafka, or a TLS listener.
  case foreign
}

private final class Findings: Sendable {
  private let findings: Mutex<[Finding?]>

  init(count: Int) { findings = Mutex(Array(repeating: nil, count: count)) }

  var all: [Finding?] { findings.withLock { $0 } }

  func set(_ index: Int, _ finding: Finding) { findings.withLock { $0[index] = finding } }
}

/// The check of one address.
private struct Probing: Sendable {
  let address: Address
  let deadline: Date

  /// ApiVersions version 0, which brokers of any version answer: length, API, version, correlation id, client id.
  private static let request: [UInt8] = [0, 0, 0, 15, 0, 18, 0, 0, 0, 0, 0, 1, 0, 5] + Array("trial".utf8)
  /// A length and the correlation id.
  private static let answerLength = 8

  func finding() -> Finding {
    var hints = addrinfo(), list: UnsafeMutablePointer<addrinfo>?
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    let code = getaddrinfo(address.host, String(address.port), &hints, &list)
    guard code == 0 else { return .unresolved(String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(list) }
    var finding = Finding.late, next = list
    while let info = next?.pointee {
      next = info.ai_next
      finding = self.finding(at: info)
      if finding == .answers { return finding }
    }
    return finding
  }

  private func finding(at info: addrinfo) -> Finding {
    let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
    guard descriptor >= 0 else { return .unreachable(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    if connect(descriptor, info.ai_addr, info.ai_addrlen) != 0 {
      guard errno == EINPROGRESS else { return .unreachable(String(cString: strerror(errno))) }
      guard wait(for: POLLOUT, at: descriptor) else { return .late }
      var error: Int32 = 0, size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
      guard error == 0 else { return .unreachable(String(cString: strerror(error))) }
    }
    guard send(descriptor, Self.request, Self.request.count, Int32(MSG_NOSIGNAL)) == Self.request.count else { return .foreign }
    var answer: [UInt8] = []
    while answer.count < Self.answerLength {
      guard wait(for: POLLIN, at: descriptor) else { return .silent }
      var bytes = [UInt8](repeating: 0, count: Self.answerLength - answer.count)
      let count = recv(descriptor, &bytes, bytes.count, 0)
      guard count > 0 else { return .foreign }
      answer += bytes.prefix(count)
    }
    return answer.suffix(4) == [0, 0, 0, 1] ? .answers : .foreign
  }

  private func wait(for event: Int32, at descriptor: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    let milliseconds = Int(max(0, deadline.timeIntervalSinceNow) * 1_000)
    return poll(&waiting, 1, Int32(clamping: milliseconds)) > 0
  }
}
