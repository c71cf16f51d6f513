import Controller
import OrderedCollections
import Primitives
import Workloads

/// `acknowledged-changes`: what an operator was told to be done is so at the end.
///
/// Later changes take the place of earlier ones. Where a change has no answer, or one that leaves open whether it was carried out, nothing is expected of what it
/// is about any more; nor where several were under way at once: an attempt of the first that got no answer may come last. Elections, reassignments and offsets
/// move on by themselves, and are judged elsewhere.
struct AcknowledgedChanges {
  private struct Topic {
    var partitions = 0
    var config = OrderedDictionary<String, String>()
  }

  private var topics = OrderedDictionary<String, Topic>()
  /// Whether a controller, by its number, is to be a voter of the metadata log.
  private var voters = OrderedDictionary<Int, Bool>()
  private var features = OrderedDictionary<String, Int16>()
  /// The number of changes under way of each topic, controller and feature, and those that had several at once.
  private var underWay: [Subject: Int] = [:]
  private var contested: Set<Subject> = []
  /// Whether anything that can be judged was acknowledged.
  private(set) var isEmpty = true

  /// It was asked for. Until it is answered nobody knows what is so.
  mutating func recordAsked(_ request: OperatorRequest) {
    recordUnknown(request)
    for subject in request.subjects {
      underWay[subject, default: 0] += 1
      if underWay[subject, default: 0] > 1 { contested.insert(subject) }
    }
  }

  /// It was answered, or its time is over. Call it behind `recordDone` or `recordUnknown`.
  mutating func recordEnd(_ request: OperatorRequest) {
    if request.subjects.contains(where: contested.contains) { recordUnknown(request) }
    for subject in request.subjects {
      underWay[subject, default: 1] -= 1
      guard underWay[subject] == 0 else { continue }
      underWay[subject] = nil
      contested.remove(subject)
    }
  }

  mutating func recordDone(_ request: OperatorRequest) {
    switch request {
    case .createTopic(let name, let partitions, _): topics[name] = Topic(partitions: Int(partitions))
    case .createPartitions(let name, let total): topics[name, default: Topic()].partitions = Int(total)
    case .alterTopicConfig(let name, let config):
      for setting in config { topics[name, default: Topic()].config[setting.name] = setting.value }
    case .deleteTopic(let name):
      topics[name] = nil
      return
    case .addVoter(let number, _): voters[number] = true
    case .removeVoter(let number, _): voters[number] = false
    case .updateFeatures(let updates):
      for update in updates { features[update.feature] = update.level }
    case .electLeader, .reassign, .deleteRecords, .resetOffsets, .deleteGroup, .abortTransaction: return
    }
    isEmpty = false
  }

  /// Nobody knows what became of it.
  mutating func recordUnknown(_ request: OperatorRequest) {
    switch request {
    case .createTopic(let name, _, _), .deleteTopic(let name), .createPartitions(let name, _), .alterTopicConfig(let name, _): topics[name] = nil
    case .addVoter(let number, _), .removeVoter(let number, _): voters[number] = nil
    case .updateFeatures(let updates):
      for update in updates { features[update.feature] = nil }
    case .electLeader, .reassign, .deleteRecords, .resetOffsets, .deleteGroup, .abortTransaction: break
    }
  }

  /// - Parameters:
  ///   - image: the metadata at the end; nil where no controller is active.
  ///   - present: the numbers of the controllers that are voters then.
  ///   - joinAgain: whether controllers that are no voters ask to become some (KIP-1186), also after an operator has taken them out.
  ///   - kraftVersion: that of the quorum, which no record of the metadata holds.
  func verdict(_ image: MetadataImage?, voters present: [Int], joinAgain: Bool = false, kraftVersion: Int16 = 0) -> Verdict? {
    guard !isEmpty else { return nil }
    var findings = Findings()
    guard let image else { return findings.verdict(on: .acknowledgedChanges) }
    for (number, isExpected) in voters where isExpected || !joinAgain {
      findings.examined += 1
      guard present.contains(number) != isExpected else { continue }
      findings.add("controller-\(number) is \(isExpected ? "no voter" : "a voter") of the metadata log, and an operator was told that it \(isExpected ? "is one" : "is none any more")")
    }
    let levels = image.features.with(kraftVersion: kraftVersion)
    for (name, expected) in features {
      findings.examined += 1
      if levels[name] != expected { findings.add("\(name) is \(levels[name]), and an operator was told that it is \(expected)") }
    }
    for (name, expected) in topics {
      findings.examined += 1
      guard let topic = image.topic(named: name) else {
        findings.add("topic \(name) does not exist, and what an operator asked for it was done")
        continue
      }
      if topic.partitions.count < expected.partitions {
        findings.add("topic \(name) has \(topic.partitions.count) partitions, and an operator was told that there are \(expected.partitions)")
      }
      for (setting, value) in expected.config where image.configs[.topic(name)]?[setting] != value {
        let found = image.configs[.topic(name)]?[setting].map { "'\($0)'" } ?? "not set"
        findings.add("\(setting) of topic \(name) is \(found), and an operator was told that it is '\(value)'")
      }
    }
    return findings.verdict(on: .acknowledgedChanges)
  }
}

/// What changes are about.
private enum Subject: Hashable {
  case topic(String)
  case voter(Int)
  case feature(String)
}

extension OperatorRequest {
  fileprivate var subjects: [Subject] {
    switch self {
    case .createTopic(let name, _, _), .deleteTopic(let name), .createPartitions(let name, _), .alterTopicConfig(let name, _): [.topic(name)]
    case .addVoter(let number, _), .removeVoter(let number, _): [.voter(number)]
    case .updateFeatures(let updates): updates.map { .feature($0.feature) }
    case .electLeader, .reassign, .deleteRecords, .resetOffsets, .deleteGroup, .abortTransaction: []
    }
  }
}
