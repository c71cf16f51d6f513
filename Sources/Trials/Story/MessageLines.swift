import Measurement
import Primitives
import Sim
import Wire

/// The messages of a trial as readable lines: time on the story's clock, sender, receiver, API, and contents.
///
///       5.012  shop -> broker-1  Produce request: acks=1 topicData=[{name=orders partitionData=[{index=0 records=235 bytes}]}]
///
/// Fields without information (zero, empty, absent, -1, false) are left out, and topic ids are replaced by names. A message appears when it arrives, or when it is lost.
final class MessageLines {
  /// Longer messages are cut.
  private static let mostCharacters = 300

  /// Fields that are the same in every message.
  private static let leftOut: Set<String> = ["clusterId", "maxBytes", "partitionMaxBytes", "maxWaitMs", "minBytes"]

  private let world: World
  private let observer: Observer
  private let write: (String) -> Void
  /// Messages from before the story's clock was set, which get negative times.
  private var early: [(time: Instant, text: String)] = []

  init(_ world: World, _ observer: Observer, write: @escaping (String) -> Void) {
    self.world = world
    self.observer = observer
    self.write = write
    world.onFrame = { [unowned self] in observe($0) }
  }

  private func observe(_ notice: FrameNotice) {
    let api = notice.header.apiKey < 0 ? "unknown" : ApiKey(rawValue: notice.header.apiKey).name
    var text = "\(world.name(of: notice.from)) -> \(world.name(of: notice.to))  \(api) \(notice.kind == .request ? "request" : "response")"
    if let fate = notice.fate.words { text += " (\(fate))" }
    if let tree = FieldTree(notice.frame, notice.header, notice.kind), let words = words(tree, limit: Self.mostCharacters) { text += ": \(words)" }
    guard observer.origin == .zero else {
      finish()
      return write(line(notice.time, text))
    }
    early.append((notice.time, text))
  }

  /// Writes what waits for the story's clock. Also call this at the end.
  func finish() {
    for (time, text) in early { write(line(time, text)) }
    early = []
  }

  private func line(_ time: Instant, _ text: String) -> String {
    let seconds = fixed((time - observer.origin).seconds, places: 6)
    return "\(String(repeating: " ", count: max(0, 12 - seconds.count)))\(seconds)  \(text)"
  }

  // MARK: Contents of a message

  private func words(_ tree: FieldTree, limit: Int) -> String? {
    guard let text = words(tree) else { return nil }
    let bare = text.hasPrefix("{") ? String(text.dropFirst().dropLast()) : text
    return bare.count > limit ? "\(bare.prefix(limit))…" : bare
  }

  /// nil if the message has no information.
  private func words(_ tree: FieldTree) -> String? {
    switch tree {
    case .absent: return nil
    case .records(let bytes): return bytes == 0 ? nil : "\(bytes) bytes"
    case .scalar(let text): return ["", "0", "-1", "false", "AAAAAAAAAAAAAAAAAAAAAA"].contains(text) ? nil : text
    case .list(let elements):
      guard !elements.isEmpty else { return nil }
      return "[\(elements.map { words($0) ?? "0" }.joined(separator: ", "))]"
    case .structure(let fields):
      let said = fields.compactMap { field in words(field) }
      return said.isEmpty ? nil : "{\(said.joined(separator: " "))}"
    }
  }

  private func words(_ field: FieldTree.Field) -> String? {
    if case .scalar(let text) = field.value {
      // A partition's number is shown even if it is 0, an error by its name.
      if field.name == "partition" || field.name == "index" || field.name == "partitionIndex" { return "\(field.name)=\(text)" }
      if field.name == "topicId", let name = observer.view.cluster.topicName(of: text) { return "topic=\(name)" }
      if Self.leftOut.contains(field.name) { return nil }
      if field.name.lowercased().hasSuffix("errorcode"), let code = Int16(text), code != 0 { return "\(field.name)=\(ErrorCode(rawValue: code))" }
    }
    return words(field.value).map { "\(field.name)=\($0)" }
  }
}

extension FrameFate {
  /// nil if it simply arrived.
  var words: String? {
    switch self {
    case .delivered: nil
    case .stalled: "held up"
    case .dropped: "dropped"
    case .duplicated: "delivered twice"
    case .answered: "answered by a fault in the receiver's place"
    case .lost: "lost: the receiver is gone"
    }
  }
}
