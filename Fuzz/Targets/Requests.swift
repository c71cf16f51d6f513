import Primitives
import Scenarios
import Sim
import Wire

enum Listener { case brokers, controller }

/// A sequence of requests to nodes with state. Each step begins with eight bytes:
///
///     kind and lane | API | version | rarity of changes | seed (4)
///
/// Kinds: a request with plausible fields; a request whose body follows (two bytes of length, and the body); raw bytes that follow; time that passes; closing all
/// connections or, with an odd seed, killing and restarting all processes. The seed draws the fields and the changes to them.
func fuzzRequests(_ input: Bytes, to listener: Listener) -> Int {
  var sequence = RequestSequence(listener)
  var rest = input
  while rest.count >= 8, sequence.count < 24 {
    let step = RequestStep(rest)
    rest = rest[step.length...]
    sequence.perform(step)
  }
  guard sequence.count > 0 else { return 0 }
  for node in sequence.cluster.brokers + [sequence.cluster.controller] { sequence.cluster.requireAnswers(from: node, after: sequence.last) }
  return sequence.count
}

struct RequestStep {
  enum Kind { case plausible, given, raw, time, close }

  let kind: Kind
  let lane: Int
  let api: UInt8
  let version: UInt8
  let rarity: Int64
  let seed: UInt32
  let body: Bytes
  /// The length in bytes of the input.
  let length: Int

  /// - Parameter input: at least eight bytes.
  init(_ input: Bytes) {
    kind = [.plausible, .plausible, .plausible, .plausible, .given, .raw, .time, .close][Int(input[0] & 7)]
    lane = Int(input[0] >> 3 & 3)
    api = input[1]
    version = input[2]
    rarity = Int64(input[3])
    seed = input.integer(at: 4)
    let hasBody = (kind == .given || kind == .raw) && input.count >= 10
    let size = hasBody ? min(Int(input.integer(at: 8, as: UInt16.self)), input.count - 10) : 0
    body = hasBody ? input[10..<10 + size] : .empty
    length = hasBody ? 10 + size : 8
  }
}

struct RequestSequence {
  let cluster = FuzzCluster.started()
  private let listener: Listener
  /// The versions that the node announces.
  private let offered: [(key: ApiKey, versions: ClosedRange<Int16>)]
  private(set) var count = 0
  /// The last request, in words.
  private(set) var last = "nothing"

  init(_ listener: Listener) {
    self.listener = listener
    let node = listener == .controller ? cluster.controller : cluster.brokers[0]
    guard case .answered(let frame) = cluster.exchange(ApiVersionsRequest(), version: 0, with: node),
      let (_, response) = try? ApiVersionsResponse.decodeResponse(frame, version: 0)
    else { finding("no answer to ApiVersions") }
    offered = response.apiKeys.map { (ApiKey(rawValue: $0.apiKey), $0.minVersion...$0.maxVersion) }
  }

  mutating func perform(_ step: RequestStep) {
    count += 1
    let node = listener == .controller ? cluster.controller : cluster.brokers[step.lane & 1]
    switch step.kind {
    case .plausible, .given:
      let api = offered[Int(step.api) % offered.count]
      let versions = api.versions.clamped(to: api.key.validVersions)
      let version = versions.lowerBound + Int16(step.version) % Int16(versions.count)
      send(api.key.requestType!, version: version, step, to: node)
    case .raw:
      last = "a frame of \(step.body.count) bytes"
      _ = cluster.exchange(Frame(step.body), with: node, lane: step.lane, within: .seconds(1))
    case .time:
      cluster.world.run(for: .milliseconds(Int64(step.seed % 60_000)))
    case .close:
      cluster.rawClient.closeAll()
      if step.seed & 1 == 1 { cluster.restart() }
    }
  }

  private mutating func send<Request: ApiRequest>(_ type: Request.Type, version: Int16, _ step: RequestStep, to node: NodeIndex) {
    var request = Request()
    if step.kind == .given {
      // As servers do: bytes after the body are ignored.
      var reader = FrameReader(Frame(step.body))
      guard (try? request.read(from: &reader, version: version)) != nil else { return sendUnreadable(type, version: version, step, to: node) }
      withExtendedLifetime(reader) {}
    }
    var mutator = FieldMutator(
      type, version: version, cluster.facts, fills: step.kind == .plausible, rarity: step.rarity,
      random: RandomStream(seed: UInt64(step.seed), purpose: "fields"))
    mutator.change(&request)
    last = "\(Request.name) version \(version), seed \(step.seed), rarity \(step.rarity)"
    let correlationID = Int32(truncatingIfNeeded: step.seed)
    guard let frame = try? Frame.request(request, version: version, correlationID: correlationID, clientID: "fuzz") else { return }
    if explainsInputs { print("\(cluster.world.name(of: node)) <- v\(version) \(((try? request.text(version: version)) ?? "").prefix(1_000))") }
    switch cluster.exchange(frame, with: node, lane: step.lane) {
    case .answered(let answer): requireSound(answer, Request.Response.self, version: version, correlationID)
    case .closed: break
    case .pending:
      if (request as? ProduceRequest)?.acks == 0 { break }
      var longest = LongestWait(version: version, isFlexible: Request.flexibleVersions.contains(version))
      try! Request.walk("", &request, &longest)
      if longest.milliseconds < 60_000 { finding("\(cluster.world.name(of: node)) gives no answer to \(last): \(cluster.notes.suffix(5))") }
    }
  }

  /// Sends a valid header with an invalid body.
  private mutating func sendUnreadable<Request: ApiRequest>(_ type: Request.Type, version: Int16, _ step: RequestStep, to node: NodeIndex) {
    last = "\(Request.name) version \(version) that cannot be read"
    if explainsInputs { print("\(cluster.world.name(of: node)) <- \(last)") }
    guard let sound = try? Frame.request(Request(), version: version, correlationID: 1, clientID: "fuzz").joined, let body = try? Request().encoded(version: version)
    else { return }
    if case .pending = cluster.exchange(Frame([sound[..<(sound.count - body.count)], step.body]), with: node, lane: step.lane) {
      finding("\(cluster.world.name(of: node)) neither answers nor closes after \(last)")
    }
  }

  private func requireSound<Response: ApiMessage>(_ frame: Frame, _ type: Response.Type, version: Int16, _ correlationID: Int32) {
    do {
      let (answered, response) = try Response.decodeResponse(frame, version: version)
      if explainsInputs { print("  -> \(((try? response.text(version: version)) ?? "").prefix(1_000))") }
      if answered != correlationID { finding("the answer to \(last) belongs to request \(answered)") }
    } catch {
      finding("the answer to \(last) cannot be read: \(error)")
    }
  }
}

/// The longest time that a request itself asks the server to wait.
struct LongestWait: Codec {
  let version: Int16
  let isFlexible: Bool
  private(set) var milliseconds: Int64 = 0

  init(version: Int16, isFlexible: Bool) { (self.version, self.isFlexible) = (version, isFlexible) }

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) {
    if ["TimeoutMs", "MaxWaitMs", "timeoutMs"].contains(name.description) { milliseconds = max(milliseconds, Int64(value)) }
  }

  mutating func beginField(_ name: StaticString) {}
  mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) {}
  mutating func floating(_ name: StaticString, _ value: inout Double) {}
  mutating func boolean(_ name: StaticString, _ value: inout Bool) {}
  mutating func identifier(_ name: StaticString, _ value: inout Uuid) {}
  mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) {}
  mutating func optionalText(_ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool) {}
  mutating func blob(_ name: StaticString, _ value: inout Bytes) {}
  mutating func optionalBlob(_ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool) {}
  mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) {}
  mutating func optionalElements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]?, isNullable: Bool) {}
  mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) -> Bool { isPresent }
  mutating func beginStructure() {}
  mutating func tag<Value: WireValue & Equatable>(_ tag: Int, _ name: StaticString, _ value: inout Value, default: Value) {}
  mutating func endStructure() {}
}
