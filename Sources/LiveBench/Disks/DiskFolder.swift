import Foundation
import Glibc
import Live
import Primitives
import Scenarios
import Sim
import Trials

/// A folder of this machine with the disks of a trial's nodes, laid out as `trial serve --data` has them: a directory for each node, in which the files are Kafka's,
/// and the id of the cluster.
///
/// Everything that is written lies in the folder. Memory is needed for one piece of a file at a time.
public final class DiskFolder {
  private let path: String
  private var error: LiveError?
  /// nil before the disks were taken.
  private var disks: ClusterDisks?

  /// Creates the folder if there is none. Throws `LiveError.unusable` if it cannot be created, or is not empty.
  public init(_ path: String) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw LiveError.unusable(reason: "\(path): the disks cannot be written there: \(error.localizedDescription)")
    }
    guard try FileManager.default.contentsOfDirectory(atPath: path).isEmpty else {
      throw LiveError.unusable(reason: "\(path) is not empty, and the disks of a cluster need a folder of their own: name one that is new or empty, or remove what is in it")
    }
  }

  /// Writes the disks. The first error is kept for `finish`.
  public func write(_ disks: ClusterDisks, after remains: DiskRemains) {
    self.disks = disks
    do {
      try disks.visit(after: remains) { node, entry in
        switch entry {
        case .directory(let path): try makeDirectory(place(of: path, on: node))
        case .file(let path, let modified, let content): try writeFile(place(of: path, on: node), content, modified)
        }
      }
      try writeFile("\(path)/\(ClusterIdentity.fileName)", [Bytes(disks.clusterID + "\n")], nil)
    } catch {
      self.error = error as? LiveError ?? .unusable(reason: "\(error)")
    }
  }

  /// Whether the disks were taken. Throws what went wrong when they were written.
  public func finish() throws -> Bool {
    if let error { throw error }
    if disks == nil { rmdir(path) }
    return disks != nil
  }

  // MARK: The command

  /// Settings that keep what is old by the clock of this machine: the records of a trial are of January 2026.
  private static let keeping = [(name: "log.retention.ms", value: "-1"), (name: "offsets.retention.minutes", value: "\(Int32.max)")]

  /// The command that serves the cluster, or why `trial serve` does not serve it.
  public var serving: String {
    guard let disks else { return "" }
    guard !disks.hasDynamicQuorum else { return "not for trial serve: the voters of this quorum listen where its log says (kraft.version 1), on machines of the simulation" }
    let settings = disks.settings + Self.keeping.filter { keeping in !disks.settings.contains { $0.name == keeping.name } }
    do throws(ConfigurationError) {
      _ = try LiveClusterSettings(
        brokerCount: disks.brokerCount, controllers: disks.isCombined ? .combined : .separate(disks.controllerCount), firstPort: 0, values: settings.map { ($0.name, $0.value) })
    } catch {
      return "not for trial serve: \(error)"
    }
    let controllers = disks.isCombined ? "combined" : String(disks.controllerCount)
    let words = ["trial", "serve", "--brokers", String(disks.brokerCount), "--controllers", controllers, "--data", path]
    return "serve: " + (words + settings.flatMap { ["--config", "\($0.name)=\($0.value)"] }).map(\.quotedForShell).joined(separator: " ")
  }

  // MARK: Files

  /// Throws if a path would lead out of the node's directory.
  func place(of path: String, on node: String) throws -> String {
    let names = path.split(separator: "/")
    guard !(names + [node[...]]).contains(where: { $0 == "." || $0 == ".." || $0.utf8.contains(0) }), !node.contains("/") else {
      throw LiveError.unusable(reason: "\(self.path): the disk of \(node) has a file '\(path.quotable)', which cannot be written there")
    }
    return ([self.path, node] + names.map(String.init)).joined(separator: "/")
  }

  private func makeDirectory(_ place: String) throws {
    guard mkdir(place, 0o700) == 0 else { throw cannotWrite(place) }
  }

  private func writeFile(_ place: String, _ content: some Sequence<Bytes>, _ modified: Timestamp?) throws {
    let descriptor = open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw cannotWrite(place) }
    defer { close(descriptor) }
    for piece in content {
      try piece.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
          guard written > 0 || errno == EINTR else { throw cannotWrite(place) }
          rest = rest.dropFirst(max(0, written))
        }
      }
    }
    guard let modified else { return }
    let time = timespec(tv_sec: Int(modified.milliseconds / 1_000), tv_nsec: Int(modified.milliseconds % 1_000) * 1_000_000)
    guard futimens(descriptor, [time, time]) == 0 else { throw cannotWrite(place) }
  }

  private func cannotWrite(_ place: String) -> LiveError { .unusable(reason: "\(place) cannot be written: \(String(cString: strerror(errno)))") }
}
