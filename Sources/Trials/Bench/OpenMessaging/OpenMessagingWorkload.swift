import Primitives

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
  var messageSize: Int
  /// The part of each payload that is random; the rest are zeros. nil where payloads come from a file.
  var randomBytesRatio: Double?
  var payloadFile: Value?
  var subscriptionsPerTopic: Int
  var producersPerTopic: Int
  var consumersPerSubscription: Int
  /// Records a second of all topics together; 0 stands for the highest that can be sustained.
  var producerRate: Int
  var backlogGigabytes: Int
  var testMinutes: Int
  var warmupMinutes: Int
  let place: Place

  /// Whether a document is such a file and not a scenario.
  static func describes(_ value: Value) -> Bool {
    ["topics", "partitionsPerTopic", "messageSize", "producerRate", "subscriptionsPerTopic", "testDurationMinutes"].filter { value[$0] != nil }.count >= 3
      && value["workload"] == nil
  }

  init(_ value: Value) throws {
    var map = try MapReader(value)
    place = value.place
    name = try map.required("name", or: "") { try $0.string() }
    topics = try map.required("topics", or: 1) { Int(try $0.integer(in: 1...10_000)) }
    partitionsPerTopic = try map.required("partitionsPerTopic", or: 1) { Int(try $0.integer(in: 1...10_000)) }
    keys = try map.optional("keyDistributor") { try $0.word(KeyDistributor.self) } ?? .none
    messageSize = try map.required("messageSize", or: 16) { Int(try $0.integer(in: 16...10_000_000)) }
    let isRandomized = try map.optional("useRandomizedPayloads") { try $0.bool() } ?? false
    let ratio = try map.optional("randomBytesRatio") { try $0.share() } ?? 0
    // How many different payloads there are changes nothing here: each value is made to be different anyway.
    _ = try map.optional("randomizedPayloadPoolSize") { try $0.integer() }
    randomBytesRatio = isRandomized ? ratio : nil
    payloadFile = try map.optional("payloadFile") { $0 }
    subscriptionsPerTopic = try map.required("subscriptionsPerTopic", or: 0) { Int(try $0.integer(in: 0...1_000)) }
    producersPerTopic = try map.required("producersPerTopic", or: 1) { Int(try $0.integer(in: 1...1_000)) }
    consumersPerSubscription = try map.required("consumerPerSubscription", or: 1) { Int(try $0.integer(in: 1...1_000)) }
    producerRate = try map.required("producerRate", or: 0) { Int(try $0.integer(in: 0...1_000_000_000)) }
    backlogGigabytes = try map.optional("consumerBacklogSizeGB") { Int(try $0.integer(in: 0...1_000_000)) } ?? 0
    // All of the backlog is drained or not by the end of the run, and the result says how much is left.
    _ = try map.optional("backlogDrainRatio") { try $0.share() }
    testMinutes = try map.required("testDurationMinutes", or: 1) { Int(try $0.integer(in: 1...100_000)) }
    warmupMinutes = try map.optional("warmupDurationMinutes") { Int(try $0.integer(in: 0...100_000)) } ?? 1
    try map.finish()
    if backlogGigabytes > 0, producerRate == 0 {
      throw value.error("a backlog cannot be built at a rate that is searched for", remedy: "Give a producerRate.")
    }
  }

  /// What is searched for where the rate is 0, as the OpenMessaging Benchmark does: the highest rate that consumers keep up with.
  static let objectives = ["errors == 0", "publish.p99 <= 1s", "endToEnd.p99 <= 1s"]

  /// The same as a scenario document.
  /// - Parameter duration: replaces the duration of warm-up, building the backlog and test together, all in proportion.
  func scenario(_ driver: OpenMessagingDriver, duration: Duration?) -> Value {
    let rate = producerRate > 0 ? producerRate : 10_000
    let backlogSeconds = backlogGigabytes == 0 ? 0 : Double(backlogGigabytes) * 1_073_741_824 / Double(messageSize) / Double(rate)
    let written = Double(warmupMinutes + testMinutes) * 60 + backlogSeconds
    let scale = duration.map { $0.seconds / written } ?? 1
    let warmup = Double(warmupMinutes) * 60 * scale
    let end = written * scale

    var workload: [Value] = []
    for topic in topicNames {
      workload.append(map(("produce", produce(topic, rate: Double(rate) / Double(topics), driver))))
      if subscriptionsPerTopic > 0 { workload.append(map(("consume", consume(topic, from: backlogSeconds == 0 ? nil : warmup + backlogSeconds * scale, driver)))) }
    }
    return map(
      ("name", text(name)), ("about", text("The workload '\(name)' of the OpenMessaging Benchmark with the driver '\(driver.name)'.")),
      ("cluster", map(("brokers", text(String(max(3, driver.replicationFactor)))))),
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
        map([("warmup", text(milliseconds(warmup))), ("window", text(milliseconds(min(10, end / 10))))] + (producerRate == 0 ? [("objective", list(Self.objectives.map(text)))] : []))
      ), ("expect", map(("holds", text("all")))))
  }

  private var topicNames: [String] { (0..<topics).map { "test-topic-\($0)" } }

  private func produce(_ topic: String, rate: Double, _ driver: OpenMessagingDriver) -> Value {
    let keys =
      switch keys {
      case .none: text("none")
      // The benchmark has 10,000 keys.
      case .roundRobin: map(("sequence", text("10000")))
      case .random: map(("uniform", text("10000")))
      }
    return map(
      ("topic", text(topic)), ("name", text("produce-\(topic)")), ("clients", text(String(producersPerTopic))), ("rate", text(Value.rateText(rate))),
      ("value", map(("size", text("\(messageSize)B")), ("content", content))), ("keys", keys), ("config", settings(driver.producerSettings)))
  }

  private func consume(_ topic: String, from: Double?, _ driver: OpenMessagingDriver) -> Value {
    map(
      [
        ("topic", text(topic)), ("name", text("consume-\(topic)")), ("clients", text(String(consumersPerSubscription))),
        ("groups", text(String(subscriptionsPerTopic))), ("config", settings(driver.consumerSettings)),
      ] + (from.map { [("from", text(milliseconds($0)))] } ?? []))
  }

  private var content: Value {
    if let randomBytesRatio { return map(("compressible", text(String(1 - randomBytesRatio)))) }
    guard let payloadFile, !payloadFile.isPayloadOfTheBenchmark else {
      // One text for all records: the files that come with the benchmark shrink to six tenths, each by itself.
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

  private func settings(_ settings: [Setting]) -> Value {
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
