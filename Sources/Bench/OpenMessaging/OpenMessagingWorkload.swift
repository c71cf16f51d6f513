import Primitives
import Scenarios
import Workloads

/// A workload file of the OpenMessaging Benchmark.
struct OpenMessagingWorkload {
  enum KeyDistributor: String, CaseIterable {
    case none = "NO_KEY"
    case roundRobin = "KEY_ROUND_ROBIN"
    case random = "RANDOM_NANO"
  }

  var name: String
  var topics: Int
  var partitionsPerTopic: Int
  var keys: KeyDistributor
  /// Message sizes in bytes, by weight: one size, or the middle of each range of a distribution.
  var sizes: [SizeBucket]
  /// The fraction of each payload that is random; the rest are zeros. nil if payloads come from a file.
  var randomBytesRatio: Double?
  var payloadFile: Value?
  var subscriptionsPerTopic: Int
  var producersPerTopic: Int
  var consumersPerSubscription: Int
  /// Records a second for all topics together; 0 stands for the highest sustainable rate.
  var producerRate: Int
  var backlogGigabytes: Int
  /// Records a second of all topics together from where a backlog is drained; nil where producers go on as before.
  var drainRate: Int?
  var testMinutes: Int
  var warmupMinutes: Int
  let place: Place

  init(_ value: Value) throws {
    try Self.refuseKeysOfForks(value)
    var map = try MapReader(value)
    place = value.place
    name = try map.required("name", or: "") { try $0.string() }
    topics = try map.required("topics", or: 1) { Int(try $0.integer(in: 1...10_000)) }
    partitionsPerTopic = try map.required("partitionsPerTopic", or: 1) { Int(try $0.integer(in: 1...10_000)) }
    keys = try map.optional("keyDistributor") { try $0.word(KeyDistributor.self) } ?? .none
    let hasDistribution = map.has("messageSizeDistribution")
    let distribution = try map.optional("messageSizeDistribution", Self.sizes(ofDistribution:))
    // The benchmark uses the distribution if both are given.
    let size = try !hasDistribution ? map.required("messageSize", or: Self.leastSize, Self.size) : map.optional("messageSize", Self.size)
    sizes = distribution ?? [SizeBucket(size: size ?? Self.leastSize, weight: 1)]
    let isRandomized = try map.optional("useRandomizedPayloads") { try $0.bool() } ?? false
    let ratio = try map.optional("randomBytesRatio") { try $0.share() } ?? 0
    // The number of different payloads is irrelevant here, because each value is different anyway.
    _ = try map.optional("randomizedPayloadPoolSize") { try $0.integer() }
    randomBytesRatio = isRandomized ? ratio : nil
    payloadFile = try map.optional("payloadFile") { $0 }
    subscriptionsPerTopic = try map.required("subscriptionsPerTopic", or: 0) { Int(try $0.integer(in: 0...1_000)) }
    producersPerTopic = try map.required("producersPerTopic", or: 1) { Int(try $0.integer(in: 1...1_000)) }
    consumersPerSubscription = try map.required("consumerPerSubscription", or: 1) { Int(try $0.integer(in: 1...1_000)) }
    producerRate = try map.required("producerRate", or: 0) { Int(try $0.integer(in: 0...1_000_000_000)) }
    backlogGigabytes = try map.optional("consumerBacklogSizeGB") { Int(try $0.integer(in: 0...1_000_000)) } ?? 0
    // The result says how much of the backlog is left at the end of the run.
    _ = try map.optional("backlogDrainRatio") { try $0.share() }
    testMinutes = try map.required("testDurationMinutes", or: 1) { Int(try $0.integer(in: 1...100_000)) }
    warmupMinutes = try map.optional("warmupDurationMinutes") { Int(try $0.integer(in: 0...100_000)) } ?? 1
    // A fork of the benchmark has it; less than 0 stands for none.
    drainRate = try map.optional("drainProducerRate") { Int(try $0.integer(in: -1...1_000_000_000)) }.flatMap { $0 < 0 ? nil : $0 }
    try map.finish()
    if backlogGigabytes > 0, subscriptionsPerTopic == 0 {
      throw value.error("a backlog needs a consumer that drains it", remedy: "Give subscriptionsPerTopic: 1 or more, or no consumerBacklogSizeGB.")
    }
    if backlogGigabytes > 0, producerRate == 0 {
      throw value.error("a backlog cannot be built at a rate that is searched for", remedy: "Give a producerRate.")
    }
  }

  /// The objectives of the search if the rate is 0, as in the OpenMessaging Benchmark: the highest rate that consumers, if there are any, keep up with.
  var objectives: [String] { ["errors == 0", "publish.p99 <= 1s"] + (subscriptionsPerTopic > 0 ? ["endToEnd.p99 <= 1s"] : []) }

  private static let leastSize = 16

  private static func size(_ value: Value) throws -> Int { Int(try value.integer(in: Int64(leastSize)...10_000_000)) }

  /// Refuses keys that only forks of the benchmark have. The errors explain them, because their names alone do not.
  private static func refuseKeysOfForks(_ value: Value) throws {
    guard let groups = value["topicGroups"] else { return }
    throw groups.error(
      "the benchmark itself has no groups of topics with rates and sizes of their own; they belong to a fork of it, which is not read here",
      remedy: "Write topics, partitionsPerTopic, messageSize and producerRate at the top level, in a file for each group.")
  }

  /// `{ "0-512": 60, "512-2KB": 40 }`: every range stands for the size in its middle (`MessageSizeDistribution.getRepresentativeSize`).
  private static func sizes(ofDistribution value: Value) throws -> [SizeBucket] {
    guard case .map(let entries) = value.content else {
      throw value.error("expected ranges of sizes with their weights, found \(value.kind)", remedy: "Write messageSizeDistribution: { \"0-512\": 60, \"512-2048\": 40 }.")
    }
    let buckets = try entries.compactMap { entry -> SizeBucket? in
      let ends = entry.key.split(separator: "-", omittingEmptySubsequences: false).map { bytes(String($0)) }
      guard ends.count == 2, let least = ends[0], let most = ends[1], least <= most, most <= 10_000_000 else {
        throw ScenarioError(
          at: entry.keyPlace, "'\(entry.key)' is not a range of sizes", remedy: "Write two sizes up to 10,000,000 bytes, the smaller first, such as \"512-2048\" or \"1KB-2KB\".")
      }
      let weight = try entry.value.integer(in: 0...1_000_000_000)
      // A value must have room for the bytes that identify it.
      return weight == 0 ? nil : SizeBucket(size: max(leastSize, (least + most) / 2), weight: Int(weight))
    }
    guard !buckets.isEmpty else { throw value.error("the weights are all zero", remedy: "Give one of the ranges a weight.") }
    return buckets
  }

  /// `512`, `512B`, `4KB`, `1MB`, of 1,024 bytes each; nil for anything else.
  private static func bytes(_ text: String) -> Int? {
    let text = text.trimmed.uppercased()
    for (unit, size) in [("KB", 1_024), ("MB", 1_048_576), ("B", 1)] where text.hasSuffix(unit) {
      guard let count = Int(String(text.dropLast(unit.count)).trimmed), count >= 0 else { return nil }
      let (bytes, isTooMany) = count.multipliedReportingOverflow(by: size)
      return isTooMany ? nil : bytes
    }
    return Int(text).flatMap { $0 >= 0 ? $0 : nil }
  }

  /// The mean over all messages.
  private var meanSize: Double {
    sizes.reduce(0) { $0 + Double($1.size) * Double($1.weight) } / sizes.reduce(0) { $0 + Double($1.weight) }
  }

  /// The same workload as a scenario document.
  /// - Parameter duration: replaces the total duration of warm-up, building the backlog and test, scaled in proportion.
  func scenario(_ driver: OpenMessagingDriver, duration: Duration?) throws -> Value {
    let rate = producerRate > 0 ? producerRate : 10_000
    let backlogSeconds = backlogGigabytes == 0 ? 0 : Double(backlogGigabytes) * 1_073_741_824 / meanSize / Double(rate)
    let written = Double(warmupMinutes + testMinutes) * 60 + backlogSeconds
    let scale = duration.map { $0.seconds / written } ?? 1
    let warmup = Double(warmupMinutes) * 60 * scale
    let end = written * scale
    let test = Double(testMinutes) * 60 * scale
    guard test >= 0.001 else {
      throw ScenarioError(
        at: place, "of a duration of \(duration.map { "\($0)" } ?? milliseconds(end)) the test itself would take less than a millisecond",
        remedy: "All parts are shortened alike, and building the backlog takes the rest: give a longer --duration or a smaller consumerBacklogSizeGB.")
    }
    guard end <= Self.longestSeconds else {
      throw ScenarioError(
        at: place, "the workload takes \(Int64(saturating: (end / 3_600).rounded())) hours", remedy: "Shorten it with --duration, such as --duration 60s.")
    }

    var workload: [Value] = []
    let drain = backlogSeconds == 0 ? nil : warmup + backlogSeconds * scale
    for topic in topicNames {
      workload.append(map(("produce", produce(topic, rate: Double(rate) / Double(topics), until: drain, driver))))
      workload += consumers(of: topic, from: drain, driver).map { map(("consume", $0)) }
    }
    return map(
      ("name", text(name)), ("about", text("The workload '\(name)' of the OpenMessaging Benchmark with the driver '\(driver.name)'.")),
      ("cluster", map(("brokers", text(String(driver.brokerCount))))),
      (
        "topics",
        list(
          topicNames.map {
            map(
              ("name", text($0)), ("partitions", text(String(partitionsPerTopic))), ("replicas", text(String(driver.replicationFactor))),
              ("config", settings(driver.topicSettings)))
          })
      ), ("workload", list(workload)), ("duration", text(milliseconds(end))),
      (
        "measure",
        map([("warmup", text(milliseconds(warmup))), ("window", text(milliseconds(window(of: end))))] + (producerRate == 0 ? [("objective", list(objectives.map(text)))] : []))
      ), ("expect", map(("holds", text("all")))))
  }

  /// A hundred days.
  private static let longestSeconds = 8_640_000.0

  /// Ten seconds, as the benchmark reports, unless that would give too many windows or too few.
  private func window(of end: Double) -> Double { min(end, max(0.001, min(10, end / 10), end / 100_000 + 0.001)) }

  private var topicNames: [String] { (0..<topics).map { "test-topic-\($0)" } }

  /// - Parameter drain: when consumers begin with a backlog; nil where there is none.
  private func produce(_ topic: String, rate: Double, until drain: Double?, _ driver: OpenMessagingDriver) -> Value {
    let keys =
      switch keys {
      case .none: text("none")
      // The benchmark has 10,000 keys.
      case .roundRobin: map(("sequence", text("10000")))
      case .random: map(("uniform", text("10000")))
      }
    var load = ("rate", text(Value.rateText(rate)))
    if let drain, let drainRate {
      let later = drainRate == 0 ? "0/s" : Value.rateText(Double(drainRate) / Double(topics))
      load = ("load", map(("steps", list([map(("rate", text(Value.rateText(rate))), ("for", text(milliseconds(drain)))), map(("rate", text(later)))]))))
    }
    return map(
      ("topic", text(topic)), ("name", text("produce-\(topic)")), ("clients", text(String(producersPerTopic))), load,
      ("value", map(("size", size), ("content", content))), ("keys", keys), ("config", settings(driver.producerSettings)))
  }

  /// Consumers that commit by themselves are the members of a group for each subscription. Others only read: partitions are assigned to them, and nothing of a group is to be seen.
  private func consumers(of topic: String, from: Double?, _ driver: OpenMessagingDriver) -> [Value] {
    let start = from.map { [("from", text(milliseconds($0)))] } ?? []
    let common = [("topic", text(topic)), ("config", settings(driver.consumerSettings))] + start
    guard driver.commitsAutomatically else {
      guard subscriptionsPerTopic > 0 else { return [] }
      return [
        map([("name", text("consume-\(topic)")), ("clients", text(String(consumersPerSubscription))), ("groups", text(String(subscriptionsPerTopic)))] + common)
      ]
    }
    return (0..<subscriptionsPerTopic).map { number in
      map(
        [
          ("name", text("consume-\(topic)-sub-\(number)")), ("group", text("sub-\(number)-\(topic)")), ("members", text(String(consumersPerSubscription))),
          ("commit", text("auto")),
        ] + common)
    }
  }

  private var size: Value {
    guard sizes.count > 1 else { return text("\(sizes[0].size)B") }
    // Ranges with the same middle become one size.
    var weights: [(size: Int, weight: Int)] = []
    for bucket in sizes {
      if let place = weights.firstIndex(where: { $0.size == bucket.size }) {
        weights[place].weight += bucket.weight
      } else {
        weights.append((bucket.size, bucket.weight))
      }
    }
    return map(("buckets", map(weights.map { ("\($0.size)B", text(String(min($0.weight, 1_000_000_000)))) })))
  }

  private var content: Value {
    if let randomBytesRatio { return map(("compressible", text(String(1 - randomBytesRatio)))) }
    guard let payloadFile, !payloadFile.isPayloadOfTheBenchmark else {
      // One compressibility for all records: the files that come with the benchmark compress to six tenths, each by itself.
      return map(("compressible", text("0.4")))
    }
    return map(("file", payloadFile))
  }

  // MARK: Values

  private func text(_ text: String) -> Value { Value(content: .scalar(text), place: place, path: "") }
  private func list(_ elements: [Value]) -> Value { Value(content: .list(elements), place: place, path: "") }
  private func map(_ entries: (String, Value)...) -> Value { map(entries) }
  private func map(_ entries: [(String, Value)]) -> Value {
    Value(content: .map(entries.map { Value.Entry(key: $0.0, keyPlace: place, value: $0.1) }), place: place, path: "")
  }

  private func settings(_ settings: [WrittenSetting]) -> Value {
    Value(content: .map(settings.map { Value.Entry(key: $0.name, keyPlace: $0.place, value: $0.valueOf) }), place: place, path: "")
  }

  private func milliseconds(_ seconds: Double) -> String { "\(Int64(saturating: (seconds * 1_000).rounded()))ms" }
}

extension Value {
  /// A number from 0 to 1.
  fileprivate func share() throws -> Double {
    guard let scalar, let number = Double(scalar), (0...1).contains(number) else {
      throw error("expected a share, found \(kind)", remedy: "Write a number from 0 to 1, such as 0.5.")
    }
    return number
  }

  /// One of the payload files that come with the benchmark, which need not be there.
  fileprivate var isPayloadOfTheBenchmark: Bool {
    ["100b", "200b", "400b", "1Kb", "2Kb", "4Kb"].contains { scalar == "payload/payload-\($0).data" }
  }
}
