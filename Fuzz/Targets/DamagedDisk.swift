import Broker
import Host
import Primitives
import Sim
import Wire

/// What nodes find on their disks after they ended: a byte whose lowest bit says whether they were killed, then eight bytes for each change:
///
///     node and kind | place (3) | seed (4)
///
/// A node may end with a message if its disk is damaged. It must not trap, and a node that starts must answer, and survive being read from.
@Sendable func fuzzDisk(_ input: Bytes) -> Int {
  guard input.count >= 9 else { return 0 }
  let cluster = FuzzCluster.started()
  cluster.world.run(for: .seconds(1))
  let nodes = cluster.brokers + [cluster.controller]
  for node in nodes {
    if input[0] & 1 == 0 { cluster.world.kill(node) } else { cluster.world.shutdown(node) }
  }
  cluster.world.runUntil(cluster.world.now + .seconds(60)) { !nodes.contains { cluster.world.isRunning($0) } }
  for node in nodes where cluster.world.isRunning(node) { cluster.world.kill(node) }

  let changes = stride(from: 1, through: min(input.count, 81) - 8, by: 8).map { DiskChange(input[$0..<$0 + 8]) }
  cluster.beforeLife = { disk, node in
    for change in changes where change.node == node { change.apply(to: disk) }
  }
  for node in [cluster.controller] + cluster.brokers { cluster.world.start(node) }
  cluster.world.run(for: .seconds(45))
  cluster.beforeLife = { _, _ in }

  guard nodes.allSatisfy({ cluster.world.isRunning($0) }), cluster.brokers.allSatisfy({ cluster.broker($0)?.state == .running }) else { return 1 }
  for node in nodes { cluster.requireAnswers(from: node, after: "its disk was damaged") }
  return 1 + cluster.readEverything()
}

extension FuzzCluster {
  /// Fetches everything that can be read, from many offsets. Returns the number of requests.
  fileprivate func readEverything() -> Int {
    let types: [any ApiRequest.Type] = [
      FetchRequest.self, ListOffsetsRequest.self, OffsetForLeaderEpochRequest.self, DescribeProducersRequest.self, DeleteRecordsRequest.self, ProduceRequest.self,
    ]
    var count = 0
    for node in brokers {
      for type in types {
        for seed in 0..<(type == FetchRequest.self ? 8 : 2) {
          _ = exchange(plausible(type, seed: UInt64(seed)), with: node)
          count += 1
          if !world.isRunning(node) { finding("\(world.name(of: node)) ends when it is read from: \(notes.suffix(3))") }
        }
      }
    }
    return count
  }

  private func plausible<Request: ApiRequest>(_ type: Request.Type, seed: UInt64) -> Frame {
    let version = type.validVersions.upperBound
    var request = Request()
    var mutator = FieldMutator(type, version: version, facts, fills: true, rarity: 0, random: RandomStream(seed: seed, purpose: "fields"))
    mutator.change(&request)
    return try! Frame.request(request, version: version, correlationID: 1, clientID: "fuzz")
  }
}

/// One change to one file, or to the names in a directory.
struct DiskChange {
  let node: String
  private let kind: UInt8
  private let place: Int
  private let seed: UInt32

  init(_ bytes: Bytes) {
    node = ["broker-1", "broker-2", "controller-100", "broker-1"][Int(bytes[0] & 3)]
    kind = bytes[0] >> 2
    place = Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
    seed = bytes.integer(at: 4)
  }

  func apply(to disk: any Disk) {
    let files = Self.files(below: "", on: disk)
    guard !files.isEmpty else { return }
    var random = RandomStream(seed: UInt64(seed), purpose: "disk")
    let path = files[place % files.count]
    let content = ((try? disk.content(of: path)) ?? nil) ?? .empty
    switch kind % 10 {
    case 0: disk.put(content.isEmpty ? Bytes([UInt8(truncatingIfNeeded: seed)]) : flipped(content, &random), at: path)
    case 1: disk.put(content[..<Int(random.below(Int64(content.count) + 1))], at: path)
    case 2: disk.put(Bytes(joining: [content, Bytes(Array(repeating: 0, count: Int(random.below(5_000))))]), at: path)
    case 3: disk.put(extreme(content, &random), at: path)
    case 4: disk.put(withOddNumber(content, &random), at: path)
    case 5: try? disk.remove(path)
    case 6: disk.put(random.changedBatch(content), at: path)
    case 7: disk.put(content, at: directory(of: path) + random.pick(Self.strangeNames))
    case 8: disk.put(Bytes(["junk", "", "0\n1\nt 0 9223372036854775807\n", "0\n2147483647\n"][Int(random.below(4))]), at: path)
    default: disk.put(random.changed(content), at: path)
    }
  }

  private func flipped(_ content: Bytes, _ random: inout RandomStream) -> Bytes {
    var bytes = content.array
    bytes[Int(random.below(Int64(bytes.count)))] ^= 1 << UInt8(random.below(8))
    return Bytes(bytes)
  }

  /// Overwrites any place with an extreme integer of 16 to 64 bits.
  private func extreme(_ content: Bytes, _ random: inout RandomStream) -> Bytes {
    var bytes = content.array
    guard bytes.count >= 8 else { return Bytes([0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]) }
    let size = 1 << Int(1 + random.below(3)), start = Int(random.below(Int64(bytes.count - size + 1)))
    let isLargest = random.below(2) == 0
    for index in 0..<size { bytes[start + index] = isLargest ? (index == 0 ? 0x7f : 0xff) : (index == 0 ? 0x80 : 0) }
    return Bytes(bytes)
  }

  /// Replaces a number in a text file by an extreme one.
  private func withOddNumber(_ content: Bytes, _ random: inout RandomStream) -> Bytes {
    guard let text = content.text else { return extreme(content, &random) }
    let digits = text.indices.filter { text[$0].isNumber }
    guard let start = digits.isEmpty ? nil : random.pick(digits) else { return content }
    let end = text[start...].firstIndex { !$0.isNumber } ?? text.endIndex
    let number = random.pick(["9223372036854775807", "-9223372036854775808", "2147483647", "-1", "99999999999999999999", "1000000", "0", "x"])
    return Bytes(text[..<start] + number + text[end...])
  }

  private static let strangeNames = [
    "00000000000000000000.log.swap", "09223372036854775807.log", "9223372036854775807.log", "00000000000000000003.log", "00000000000000000000.log.cleaned",
    "00000000000000000000.log.deleted", "00000000000000000021.snapshot", "09223372036854775807.snapshot", "-1.log", "t-0", "junk", ".kafka_cleanshutdown",
    "00000000000000000001.index", "partition.metadata.tmp",
  ]

  private func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  static func files(below directory: String, on disk: any Disk) -> [String] {
    let names = (try? disk.list(directory)) ?? []
    return names.flatMap { name in
      let path = directory.isEmpty ? name : "\(directory)/\(name)"
      let below = files(below: path, on: disk)
      if !below.isEmpty { return below }
      guard let file = try? disk.open(path, creating: false) else { return [] }
      disk.close(file)
      return [path]
    }
  }
}

extension Disk {
  /// Writes a file, and creates its directory.
  func put(_ content: Bytes, at path: String) {
    if let slash = path.lastIndex(of: "/") { try? makeDirectory(String(path[..<slash])) }
    try? remove(path)
    guard let file = try? open(path, creating: true) else { return }
    try? append(content, to: file)
    close(file)
  }
}
