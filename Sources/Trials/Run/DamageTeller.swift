import Primitives
import Results
import Sim

/// Reports at the end of the story what became of damage that disks did without an error: what noticed it and how, or why it was not noticed.
struct DamageTeller {
  private let world: World
  private let observer: Observer
  private let driver: FaultDriver

  init(_ cluster: TrialCluster, _ driver: FaultDriver) {
    world = cluster.world
    observer = cluster.observer
    self.driver = driver
  }

  /// A line for each fault, and for each outcome of its damage at a node.
  func tell() {
    let story = observer.story
    for entry in driver.entries where entry.plan.deed is DiskDeed {
      var fates: [(words: String, damages: [Damage])] = []
      for damage in entry.applied.flatMap({ world.damages(by: $0.fault) }) {
        let words = fate(of: damage, in: story)
        if let index = fates.firstIndex(where: { $0.words == words && $0.damages[0].node == damage.node && $0.damages[0].kind == damage.kind }) {
          fates[index].damages.append(damage)
        } else {
          fates.append((words, [damage]))
        }
      }
      for (words, damages) in fates { observer.tell("trial", "\(entry.plan.name): \(place(of: damages)): \(words)", .event) }
    }
  }

  private func place(of damages: [Damage]) -> String {
    let first = damages[0], bytes = damages.reduce(0) { $0 + $1.range.count }
    let files = Set(damages.map(\.path)).count, file = "\(first.path) of \(world.name(of: first.node))"
    let place = files == 1 ? file : "\(file) and \(files - 1) more file\(files == 2 ? "" : "s")"
    let what =
      switch first.kind {
      case .rot: "\(damages.count) flipped bit\(damages.count == 1 ? "" : "s")"
      case .overwritten: "\(bytes) bytes that another write came over"
      case .neverWritten: "\(bytes) bytes that were never written"
      }
    return "\(what) in \(place)"
  }

  // MARK: Outcome

  private func fate(of damage: Damage, in story: [StoryLine]) -> String {
    if let line = story.first(where: { isNotice($0, of: damage) }) { return "noticed by \(line.who) at \(time(line.time)): \(line.what)" }
    let reads = damage.firstRead.map { "read \(damage.reads == 1 ? "once" : "\(damage.reads) times"), first at \(time($0 - .zero)), and " } ?? ""
    return "\(reads)not noticed: \(reason(damage))"
  }

  private func reason(_ damage: Damage) -> String {
    let when = damage.ended.map { " at \(time($0 - .zero))" } ?? ""
    let before = damage.firstRead == nil && damage.visible != nil ? " before anybody read it" : ""
    return switch damage.end {
    case .cutOff: "that part of the file was cut off\(when)\(before)"
    case .lostWithPower: "the power loss\(when) took that part of the file as unsynced"
    case .fileGone: "the file was deleted or replaced\(before)"
    // It has its new name until file.delete.delay.ms is over.
    case nil where damage.presentPath.map { $0.hasSuffix(".deleted") || $0.contains("-delete/") } == true: "the file was deleted\(before)"
    case nil:
      damage.visible == nil
        ? "the page cache has them, and no power was lost since"
        : damage.firstRead == nil ? "never read since" : "the reader did not look at it, or did not report it"
    }
  }

  /// Whether a line of the story says that the damage was noticed.
  private func isNotice(_ line: StoryLine, of damage: Damage) -> Bool {
    guard let visible = damage.visible, line.time >= visible - .zero else { return false }
    let names = damage.path.split(separator: "/").map(String.init), isOwn = line.who == world.name(of: damage.node)
    if isOwn, line.what.contains(names.suffix(2).joined(separator: "/")) { return true }
    guard let read = damage.firstRead, line.time >= read - .zero, names.count > 1 else { return false }
    let partition = names[names.count - 2]
    // A log is truncated at the first batch that it cannot read.
    if isOwn, line.what.hasPrefix("recovered \(partition) "), line.what.contains(", cutting ") { return line.time == read - .zero }
    return !isOwn && line.what.names(partition) && Self.complaints.contains { line.what.contains($0) }
  }

  /// Phrases in lines of readers that cannot use what they received.
  private static let complaints = ["cannot be read", "could not read", "checksum", "CORRUPT_MESSAGE"]

  /// On the scenario's clock.
  private func time(_ time: Duration) -> String { (time - (observer.origin - .zero)).readable }
}

extension String {
  /// Whether the text contains a word, and not just as part of a longer one: `t-1` is not `t-10`.
  fileprivate func names(_ word: String) -> Bool {
    ranges(of: word).contains { range in
      let isBegin = range.lowerBound == startIndex || !self[index(before: range.lowerBound)].isPartOfName
      return isBegin && (range.upperBound == endIndex || !self[range.upperBound].isPartOfName)
    }
  }
}

extension Character {
  fileprivate var isPartOfName: Bool { isLetter || isNumber || self == "-" || self == "_" || self == "." }
}
