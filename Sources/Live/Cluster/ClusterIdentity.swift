import Glibc
import Host
import Primitives

/// The cluster's id, which a data directory keeps between runs.
public enum ClusterIdentity {
  /// An id that no other cluster has.
  public static func new() -> String {
    var random = RandomStream.ofMachine()
    return Uuid.random(&random).description
  }

  package static let fileName = "cluster-id"

  /// Reads the id of a data directory. If the file is missing, this is the id that the first broker was formatted with, or a new one if there is
  /// no broker yet.
  static func ofDirectory(_ path: String) throws(LiveError) -> String {
    let file = "\(path)/\(fileName)"
    if let id = try existing(file, in: path) { return id }
    let id = ofFirstBroker(in: path) ?? new()
    do throws(DiskError) {
      let directory = Descriptor(try systemCall { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
      try Replacement(directory: directory, name: fileName, content: Bytes(id + "\n")).run()
    } catch {
      throw .unusable(reason: "\(path)/\(fileName) cannot be written: \(error)\(error.remedy)")
    }
    return id
  }

  private static func existing(_ file: String, in path: String) throws(LiveError) -> String? {
    let id: String
    do throws(DiskError) {
      guard let text = try read(file) else { return nil }
      id = text.filter { !$0.isWhitespace }
    } catch {
      throw .unusable(reason: "\(file): \(error)\(error.remedy)")
    }
    guard Uuid(id) != nil else {
      throw .damaged(path: file, reason: "'\(id.prefix(40).filter(\.isASCII))' is not a cluster id; write the one from the meta.properties of broker 1 into it")
    }
    return id
  }

  private static func ofFirstBroker(in path: String) -> String? {
    let key = "cluster.id="
    let text = ["kafka-logs/", ""].lazy.compactMap { try? read("\(path)/broker-1/\($0)meta.properties") }.first
    let lines = text?.split(whereSeparator: \.isNewline) ?? []
    guard let line = lines.first(where: { $0.hasPrefix(key) }) else { return nil }
    let id = String(line.dropFirst(key.count))
    return Uuid(id) == nil ? nil : id
  }

  private static func read(_ file: String) throws(DiskError) -> String? {
    do throws(DiskError) {
      // Do not wait for a writer if this is a fifo.
      let descriptor = Descriptor(try systemCall { Glibc.open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) })
      var facts = stat()
      try systemCall { fstat(descriptor.number, &facts) }
      try DiskError.checkFile(facts)
      var bytes = [UInt8](repeating: 0, count: 4_096)
      let count = try systemCall { Glibc.read(descriptor.number, &bytes, bytes.count) }
      return String(decoding: bytes.prefix(count), as: UTF8.self)
    } catch .notFound {
      return nil
    }
  }
}
